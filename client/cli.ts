#!/usr/bin/env node
import { text } from "node:stream/consumers";
import { cliConfig } from "../config.ts";
import { main } from "./program.ts";

const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort());

// Whoever closes the pipe (`| head`) has seen enough.
process.stdout.on("error", () => process.exit(0));

process.exitCode = await main(process.argv.slice(2), {
  out: (chunk) => void process.stdout.write(chunk),
  err: (chunk) => void process.stderr.write(chunk),
  hasColors: process.stdout.isTTY === true && process.stdout.hasColors(),
  settings: cliConfig,
  readInput: () => text(process.stdin),
  signal: interrupted.signal,
});
