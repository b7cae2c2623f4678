import { Command, CommanderError } from "commander";
import { auditCommand } from "./commands/audit.ts";
import { connectorCommands } from "./commands/connector.ts";
import { executionCommands } from "./commands/execution.ts";
import { incidentCommands } from "./commands/incident.ts";
import { keyCommands } from "./commands/key.ts";
import { secretCommands } from "./commands/secrets.ts";
import { personCommands } from "./commands/person.ts";
import { actionsCommand, runbookCommands } from "./commands/runbook.ts";
import { subscriberCommands } from "./commands/subscriber.ts";
import { ApiError } from "./errors.ts";
import { createHttpClient } from "./http.ts";
import type { Io } from "./output.ts";
import { ExitError, exitCodes, plain, writeJson } from "./output.ts";

import type { Session } from "./session.ts";

export type { Io } from "./output.ts";

const help = `
Exit codes:
  0  done
  1  the command or the run failed
  2  wrong usage
  3  the input is not valid (a runbook with errors, a field at fault)
  4  there is no such incident, runbook, execution, connector, key or subscriber
  5  the API key does not permit it
  6  the gateway cannot be reached

Settings: ZOOM_RUNBOOKS_URL, ZOOM_RUNBOOKS_API_KEY; --url and --api-key win over them.`;

type GlobalOptions = { url?: string; apiKey?: string; json?: boolean };

const createSession = (program: Command, io: Io): Session => {
  const options = (): GlobalOptions => program.opts<GlobalOptions>();
  const isJson = (): boolean => options().json === true;
  return {
    io,
    api: () => {
      const settings = io.settings();
      return createHttpClient({
        url: options().url ?? settings.url,
        apiKey: options().apiKey ?? settings.apiKey,
      });
    },
    answer: (value, human) => (isJson() ? writeJson(io, value) : io.out(`${human(value)}\n`)),
    isJson,
  };
};

const createProgram = (io: Io): { program: Command; session: Session } => {
  const program = new Command("zoom-runbooks")
    .description("Declare incidents, work on them, and run their runbooks.")
    .option("--url <url>", "where the gateway is (default: ZOOM_RUNBOOKS_URL, or http://127.0.0.1:8080)")
    .option("--api-key <key>", "an API key (default: ZOOM_RUNBOOKS_API_KEY)")
    .option("--json", "answer in JSON, for machines")
    .addHelpText("after", help)
    .showHelpAfterError("(--help says more)")
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err });
  const session = createSession(program, io);
  const groups = [
    incidentCommands,
    runbookCommands,
    executionCommands,
    connectorCommands,
    keyCommands,
    auditCommand,
    secretCommands,
    subscriberCommands,
    personCommands,
    actionsCommand,
  ];
  for (const command of groups) {
    program.addCommand(withParentSettings(command(session), program));
  }
  return { program, session };
};

const withParentSettings = (command: Command, parent: Command): Command => {
  command.copyInheritedSettings(parent);
  for (const sub of command.commands) withParentSettings(sub, command);
  return command;
};

const exitCodeOf = ({ status }: ApiError): number => {
  if (status === 0) return exitCodes.unreachable;
  if (status === 401 || status === 403) return exitCodes.notAllowed;
  if (status === 404) return exitCodes.notFound;
  return status === 400 || status === 413 || status === 415 || status === 422
    ? exitCodes.invalidInput
    : exitCodes.failed;
};

/** Fields one by one, unless the one at fault has been named. */
const fieldsOf = ({ detail, errors }: ApiError): ApiError["errors"] =>
  errors.length === 1 && errors[0] && detail.includes(errors[0].message) ? [] : errors;

const explained = (error: ApiError): string =>
  [
    `${error.title}: ${error.detail}`,
    ...fieldsOf(error).map(({ path, message, line, column }) =>
      [line === undefined ? "" : `${line}:${column} `, path, path && " ", message].join(""),
    ),
  ]
    .map((line, index) => `${index === 0 ? "" : "  "}${plain(line)}\n`)
    .join("");

/** Says what went wrong, and answers the exit code that says it to machines. */
const failed = (error: unknown, { io, isJson }: Session): number => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (error instanceof ExitError) {
    if (error.message) io.err(`${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof ApiError) {
    const { status, title, detail, errors } = error;
    io.err(isJson() ? `${JSON.stringify({ status, title, detail, errors })}\n` : explained(error));
    return exitCodeOf(error);
  }
  io.err(`${error instanceof Error ? error.message : String(error)}\n`);
  return error instanceof Error && error.name === "ConfigError" ? exitCodes.usage : exitCodes.failed;
};

/** Runs the command line; answers the exit code. `argv` without the program's own name. */
export const main = async (argv: string[], io: Io): Promise<number> => {
  const { program, session } = createProgram(io);
  try {
    await program.parseAsync(argv, { from: "user" });
    return exitCodes.ok;
  } catch (error) {
    return failed(error, session);
  }
};
