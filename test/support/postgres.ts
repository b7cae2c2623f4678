import { chownSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { postgresPrograms, WITHOUT_POSTGRES } from "../../setup/postgres.mjs";
import { run, startTethered } from "../../setup/programs.mjs";
import { freePort } from "./temporalServer.mjs";

const READY_WITHIN_MS = 30_000;
const USER = "runbooks";

/** Why there is no PostgreSQL for tests on this machine; undefined when there is one. */
export const withoutPostgres: string | undefined = whyNot();

type Account = { uid: number; gid: number };
type Cluster = { folder: string; programs: string; port: number; account: Account | undefined };

/**
 * A PostgreSQL of its own in a temporary folder. It ends when this process ends. Look at `withoutPostgres` first:
 * `(withoutPostgres === undefined ? describe : describe.skip)(…)`.
 */
export async function startPostgres() {
  const programs = postgresPrograms();
  if (programs === undefined) throw new Error(WITHOUT_POSTGRES);
  const account = accountForServer();
  const cluster = { folder: newFolder(account), programs, port: await freePort(), account };
  try {
    await initialise(cluster);
    let server = await start(cluster);
    const stop = async () => {
      await server.stop();
      rmSync(cluster.folder, { recursive: true, force: true });
    };
    return {
      url: urlOf(cluster, "postgres"),
      /** Of the server's main process, to kill it. */
      pid: () => server.pid,
      /** Brings a killed server back, with the same data at the same address. */
      restart: async () => {
        await server.stop();
        server = await startAgain(cluster);
      },
      /** Makes an empty database and gives its URL. */
      createDatabase: (name: string) => createDatabase(cluster, name),
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    rmSync(cluster.folder, { recursive: true, force: true });
    throw error;
  }
}

async function initialise({ folder, programs, account }: Cluster): Promise<void> {
  const args = [
    "--no-sync",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    `--username=${USER}`,
    "--pgdata=data",
  ];
  await run(join(programs, "initdb"), args, { cwd: folder, ...account });
}

async function start(cluster: Cluster) {
  const { folder, programs, port, account } = cluster;
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: folder,
    max_connections: "200",
    // The data of a test need not survive a power cut. It does survive a killed server.
    fsync: "off",
  };
  const server = await startTethered(
    join(programs, "postgres"),
    [
      "-D",
      "data",
      "-p",
      String(port),
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ],
    { cwd: folder, stopSignal: "INT", ...account },
  );
  try {
    await Promise.race([
      untilReady(urlOf(cluster, "postgres")),
      server.exited.then(() => Promise.reject(new Error(`PostgreSQL ended at once:\n${server.output()}`))),
    ]);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/** The processes of a killed server hold its shared memory until they notice that it is gone. */
async function startAgain(cluster: Cluster, attempts = 20): ReturnType<typeof start> {
  try {
    return await start(cluster);
  } catch (error) {
    if (attempts <= 1 || !String(error).includes("pre-existing shared memory")) throw error;
    await sleep(250);
    return startAgain(cluster, attempts - 1);
  }
}

async function untilReady(url: string): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      return await execute(url, "select 1");
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(50);
    }
  }
}

async function createDatabase(cluster: Cluster, name: string): Promise<string> {
  await execute(urlOf(cluster, "postgres"), `create database ${pg.escapeIdentifier(name)}`);
  return urlOf(cluster, name);
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function urlOf({ port }: Cluster, database: string): string {
  return `postgresql://${USER}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}

function newFolder(account: Account | undefined): string {
  // The real path, since a socket's path may have 107 characters at most and links on macOS lengthen it.
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "runbooks-pg-"));
  if (account !== undefined) chownSync(folder, account.uid, account.gid);
  return folder;
}

function whyNot(): string | undefined {
  if (postgresPrograms() === undefined) return WITHOUT_POSTGRES;
  return process.getuid?.() === 0 && accountForServer() === undefined
    ? "PostgreSQL does not run as root, and there is no account postgres or nobody"
    : undefined;
}

/** PostgreSQL refuses to run as root; then it gets its own account or, without one, nobody's. */
function accountForServer(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync("/etc/passwd", "utf8").split("\n");
  const entry = ["postgres:", "nobody:"].flatMap((name) =>
    accounts.filter((line) => line.startsWith(name)),
  )[0];
  if (entry === undefined) return undefined;
  const [, , uid, gid] = entry.split(":");
  return { uid: Number(uid), gid: Number(gid) };
}
