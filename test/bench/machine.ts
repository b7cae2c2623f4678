import { execFileSync } from "node:child_process";
import { cpus, loadavg, totalmem } from "node:os";
import { temporalCli } from "../../demo/temporalServer.ts";

export type Machine = {
  cpu: string;
  cores: number;
  memoryGib: number;
  node: string;
  temporal: string;
  store: string;
  /** Of the last minute, before anything was started. */
  loadAtStart: number;
};

export const describeMachine = (databaseUrl: string | undefined): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? "unknown",
  cores: cpus().length,
  memoryGib: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  temporal: execFileSync(temporalCli(), ["--version"], { encoding: "utf8" }).trim(),
  store: databaseUrl === undefined ? "PGlite, in memory" : "PostgreSQL",
  loadAtStart: loadavg()[0] ?? 0,
});
