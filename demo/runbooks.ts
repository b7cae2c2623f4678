import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { HttpClient } from "../client/http.ts";
import { projectRoot } from "./temporalServer.ts";

/** Saves the runbooks that ship, without the examples. With a quick clock, the follow-up waits seconds rather than a minute. */
export const applyRunbooks = async (api: HttpClient): Promise<void> => {
  const folder = join(projectRoot(), "runbooks");
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".yaml"))) {
    const text = readFileSync(join(folder, file), "utf8").replace("duration: 1m", "duration: 2s");
    await api.applyRunbook(file.replace(/\.yaml$/, ""), text);
  }
};
