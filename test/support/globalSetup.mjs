// Runs once before all tests that need Temporal. What it starts ends with globalTeardown.mjs, and if Jest is
// interrupted or killed, by itself. Tests find the server through test/support/temporal.ts.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "../../setup/build.mjs";
import { withLock } from "../../setup/lock.mjs";
import { preparedPrograms, rememberProgram, temporalCli } from "../../setup/temporalCli.mjs";
import { startDevServer } from "./temporalServer.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

// oxlint-disable-next-line import/no-default-export -- Jest asks for it
export default async function globalSetup() {
  await withLock(join(root, ".cache", "setup.lock"), async () => {
    await build(root, { allowTypeErrors: true });
    if (preparedPrograms(root)["temporal"] === undefined) {
      rememberProgram(root, "temporal", await temporalCli(root));
    }
  });
  const server = await startDevServer(preparedPrograms(root)["temporal"] ?? "temporal");
  process.env["TEST_TEMPORAL_ADDRESS"] = server.address;
  Object.assign(globalThis, { stopTestTemporal: server.stop });
}
