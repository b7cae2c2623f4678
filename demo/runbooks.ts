import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import type { HttpClient } from "../client/http.ts";
import { projectRoot } from "./temporalServer.ts";

/** How soon after the resolution the call is ended where nobody wants to wait for it. */
export const quickEndAfter = "5s";

/** Runbooks as they ship, but for the time that a call goes on after the resolution. */
const quickly = (text: string): string => {
  const document = parseDocument(text);
  const path = ["inputs", "end_after", "default"];
  if (document.hasIn(path)) document.setIn(path, quickEndAfter);
  return document.toString();
};

/** Saves the runbooks that ship, without the examples. */
export const applyRunbooks = async (api: HttpClient, { isQuick }: { isQuick: boolean }): Promise<void> => {
  const folder = join(projectRoot(), "runbooks");
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".yaml"))) {
    const text = readFileSync(join(folder, file), "utf8");
    await api.applyRunbook(file.replace(/\.yaml$/, ""), isQuick ? quickly(text) : text);
  }
};
