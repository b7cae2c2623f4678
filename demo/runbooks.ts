import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { HttpClient } from "../client/http.ts";
import { projectRoot } from "./temporalServer.ts";

/** Saves the runbooks that ship. */
export const applyRunbooks = async (api: HttpClient): Promise<void> => {
  const folder = join(projectRoot(), "runbooks");
  for (const file of readdirSync(folder)) {
    await api.applyRunbook(file.replace(/\.yaml$/, ""), readFileSync(join(folder, file), "utf8"));
  }
};
