import { Command, InvalidArgumentError } from "commander";
import { startSimulator } from "./app.ts";

const program = new Command("simulator")
  .description("A stand-in for Zoom's cloud: API under /v2, OAuth under /oauth, controls under /_sim")
  .option("-p, --port <port>", "port to listen on; 0 takes a free one", readPort, 0)
  .option("--host <address>", "address to listen on", "127.0.0.1");

const { port, host } = program.parse().opts<{ port: number; host: string }>();
const simulator = await startSimulator({ port, host });
console.log(`Zoom simulator ready at ${simulator.url}`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void simulator.close());
}

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError("A port is a number from 0 to 65535.");
}
