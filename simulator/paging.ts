import { invalidFields, invalidPageToken } from "./errors.ts";
import type { Cloud } from "./state.ts";

const TOKEN_LIFE_MS = 15 * 60_000;
const DEFAULT_PAGE_SIZE = 30;

export type Page<T> = {
  items: T[];
  next_page_token: string;
  page_size: number;
  page_count: number;
  total_records: number;
};

/** One page of a list. Tokens belong to the list they came from and live 15 minutes. */
export function pageOf<T>(
  cloud: Cloud,
  items: T[],
  query: Record<string, string>,
  listName: string,
  maxPageSize = 300,
): Page<T> {
  const size = pageSizeOf(query, maxPageSize);
  const start = query.next_page_token ? offsetOf(cloud, query.next_page_token, listName) : 0;
  const end = start + size;
  const expiresAtMs = cloud.clock.now() + TOKEN_LIFE_MS;
  return {
    items: items.slice(start, end),
    next_page_token: end < items.length ? encode([listName, end, expiresAtMs]) : "",
    page_size: size,
    page_count: Math.ceil(items.length / size),
    total_records: items.length,
  };
}

function pageSizeOf(query: Record<string, string>, max: number): number {
  if (query.page_size === undefined) return DEFAULT_PAGE_SIZE;
  const size = Number(query.page_size);
  if (!Number.isInteger(size) || size < 1 || size > max) throw invalidFields(["page_size"]);
  return size;
}

function offsetOf(cloud: Cloud, token: string, listName: string): number {
  const [list, offset, expiresAtMs] = decode(token);
  if (list !== listName || typeof offset !== "number" || typeof expiresAtMs !== "number")
    throw invalidPageToken();
  if (expiresAtMs <= cloud.clock.now()) throw invalidPageToken();
  return offset;
}

const encode = (parts: unknown[]): string => Buffer.from(JSON.stringify(parts)).toString("base64url");

function decode(token: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(token, "base64url").toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}
