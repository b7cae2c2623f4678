import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { HttpClient } from "../client/http.ts";
import { projectRoot } from "./temporalServer.ts";

/** Saves the runbooks that ship, without the examples. */
export const applyRunbooks = async (api: HttpClient): Promise<void> => {
  const folder = join(projectRoot(), "runbooks");
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".yaml"))) {
    await api.applyRunbook(file.replace(/\.yaml$/, ""), readFileSync(join(folder, file), "utf8"));
  }
};
