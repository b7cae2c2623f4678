import { z } from "zod";
import type { ZoomClient, ZoomRequest } from "./client.ts";
import { ZoomError } from "./errors.ts";
import { listOf } from "./parse.ts";
import type { ZoomPath } from "./paths.ts";

type ListRequest<T> = Pick<ZoomRequest<unknown>, "operation" | "query"> & {
  path: ZoomPath;
  /** The field that holds the list: `meetings`. */
  field: string;
  entry: z.ZodType<T>;
  pageSize?: number;
  maxPages?: number;
};

/**
 * All entries of a list, page by page as they are asked for. A list longer than the bound is an error: half a list
 * must not pass for a whole one.
 */
export const listAll = async function* <T>(
  zoom: ZoomClient,
  request: ListRequest<T>,
): AsyncGenerator<T, void> {
  const { path, field, entry, operation, query, pageSize = 300, maxPages = 100 } = request;
  const page = z.object({ [field]: listOf(entry), next_page_token: z.string().catch("") });
  const seen = new Set<string>();
  let next: string | undefined;
  while (next !== "") {
    const answer: Record<string, unknown> = await zoom.get(path, {
      operation,
      answer: page,
      query: { ...query, page_size: pageSize, next_page_token: next },
    });
    yield* answer[field] as T[];
    next = String(answer.next_page_token);
    if (seen.has(next) || (next !== "" && seen.size + 1 >= maxPages)) throw endless(path, seen.size + 1);
    seen.add(next);
  }
};

export const collect = async <T>(entries: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const entry of entries) all.push(entry);
  return all;
};

const endless = (path: string, pages: number): ZoomError =>
  new ZoomError({
    code: "unexpected_answer",
    message: `Zoom's list at GET ${path} does not end after ${pages} pages`,
    method: "GET",
    path,
  });
