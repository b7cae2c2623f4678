import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ExitError } from "../../client/output.ts";

type Ran = { code: number; out: string; err: string };

export type Cli = ReturnType<typeof cliOf>;

const program = fileURLToPath(new URL("../../dist/client/cli.js", import.meta.url));

/** No command of these waits for longer. */
const timeoutMs = 60_000;

/** The command line as people run it: a process of its own, told by its environment where the gateway is. */
export const cliOf = ({ gatewayUrl, apiKey }: { gatewayUrl: string; apiKey: string }) => {
  const env = { ZOOM_RUNBOOKS_URL: gatewayUrl, ZOOM_RUNBOOKS_API_KEY: apiKey };
  const run = (...argv: string[]): Promise<Ran> =>
    new Promise((resolve) => {
      execFile(process.execPath, [program, ...argv], { env, timeout: timeoutMs }, (error, out, err) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err }),
      );
    });
  const done = async (...argv: string[]): Promise<string> => {
    const { code, out, err } = await run(...argv);
    if (code !== 0)
      throw new ExitError(code, `zoom-runbooks ${argv.join(" ")} ended with ${code}: ${err}${out}`);
    return out;
  };
  return {
    run,
    /** What it printed; anything but exit code 0 is an error. */
    done,
    json: async <T>(...argv: string[]): Promise<T> => JSON.parse(await done("--json", ...argv)) as T,
    /** Of commands that print one JSON object per line. */
    lines: async <T>(...argv: string[]): Promise<T[]> =>
      (await done("--json", ...argv))
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as T),
  };
};
