import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A JSON schema as the documents write it; what is read of it is named, the rest goes to ajv. */
export type Schema = { [keyword: string]: unknown };

type Content = {
  content?: { "application/json"?: { schema?: Schema; example?: unknown } };
};

export type DocumentedError = { code: number; message: string };

export type DocumentedAnswer = Content & { "x-zoom-errors"?: DocumentedError[] };

type Parameter = { name: string; in: "path" | "query" | "header"; required?: boolean; schema: Schema };

export type DocumentedOperation = {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: Content;
  responses: Record<string, DocumentedAnswer>;
  "x-zoom-rate-limit-label": string;
  "x-zoom-classic-scopes": string[];
  "x-zoom-granular-scopes": string[];
};

type Documents = {
  openapi: {
    paths: Record<string, Record<string, DocumentedOperation>>;
    components: { schemas: Record<string, Schema> };
  };
  webhooks: { webhooks: Record<string, { post: { requestBody: Content } }> };
};

const besideTheCheckout = fileURLToPath(new URL("../../../../shared/zoom", import.meta.url));

/**
 * Zoom's own documents: `openapi.json` and `webhooks.json` in the folder that `ZOOM_SPECS` names, or in `../shared/zoom`
 * beside the checkout. Zoom's terms keep them out of this repository; without them nothing is judged.
 */
export const documents: Documents | undefined = read(process.env["ZOOM_SPECS"] ?? besideTheCheckout);

function read(folder: string): Documents | undefined {
  const [openapi, webhooks] = ["openapi.json", "webhooks.json"].map((name) => join(folder, name));
  if (openapi && webhooks && existsSync(openapi) && existsSync(webhooks))
    return { openapi: parsed(openapi), webhooks: parsed(webhooks) };
  if (process.env["ZOOM_SPECS"])
    throw new Error(`ZOOM_SPECS: no openapi.json and webhooks.json in ${folder}`);
  return undefined;
}

function parsed<T>(path: string): T {
  return JSON.parse(readFileSync(path, "utf8")) as T;
}
