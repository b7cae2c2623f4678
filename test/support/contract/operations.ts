import type { DocumentedOperation } from "./documents.ts";
import { documents } from "./documents.ts";

export type Match = {
  /** As the document writes it: `GET /meetings/{meetingId}`. */
  name: string;
  operation: DocumentedOperation;
  params: Record<string, string>;
};

/** The operation of the document that a request means. Literal parts win over parameters. */
export function operationOf(method: string, path: string): Match | undefined {
  const given = path.split("/");
  const found = all.filter(
    (each) =>
      each.method === method &&
      each.parts.length === given.length &&
      each.parts.every((part, index) => isParameter(part) || part === given[index]),
  );
  const [match] = found.toSorted((a, b) => parametersOf(a.parts) - parametersOf(b.parts));
  return (
    match && {
      name: `${match.method} ${match.path}`,
      operation: match.operation,
      params: Object.fromEntries(
        match.parts.flatMap((part, index) =>
          isParameter(part) ? [[part.slice(1, -1), decodeURIComponent(given[index] ?? "")]] : [],
        ),
      ),
    }
  );
}

/** Every operation of the document, by method and path. */
export const all = Object.entries(documents?.openapi.paths ?? {}).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    method: method.toUpperCase(),
    path,
    parts: path.split("/"),
    operation,
  })),
);

const isParameter = (part: string): boolean => part.startsWith("{");

const parametersOf = (parts: string[]): number => parts.filter(isParameter).length;
