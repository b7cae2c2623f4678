import { setMaxListeners } from "node:events";
import { startSimulator } from "../../simulator/app.ts";

/** Zoom, as a process of its own: what it costs is nobody's. It ends with the bench, however that ends. */
setMaxListeners(1000);
const simulator = await startSimulator({ clock: { scale: 1 } });
process.once("disconnect", () => process.exit(0));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);
process.send?.(simulator.url);
