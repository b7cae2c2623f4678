import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { zoomDocuments } from "../../../setup/prism.mjs";

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

/** Zoom's own documents. Zoom's terms keep them out of this repository; without them nothing is judged. */
export const documents: Documents | undefined = read();

function read(): Documents | undefined {
  const files = zoomDocuments(fileURLToPath(new URL("../../..", import.meta.url)));
  return files && { openapi: parsed(files.openapi), webhooks: parsed(files.webhooks) };
}

function parsed<T>(path: string): T {
  return JSON.parse(readFileSync(path, "utf8")) as T;
}
