import type { FastifyRequest } from "fastify";
import type { Answer } from "./call.ts";
import { keepNewest } from "./collections.ts";
import { tokenInQuery } from "./errors.ts";
import { secret } from "./ids.ts";
import { contentOf } from "./recordingFiles.ts";
import { isInTrash } from "./recordingTrash.ts";
import { pathOf, queryOf } from "./serve.ts";
import type { RecordingFile } from "./recordingState.ts";
import type { Cloud } from "./state.ts";
import { bearerOf } from "./tokens.ts";

const TICKET_LIFE_MS = 60_000;

const CONTENT_TYPES = {
  MP4: "video/mp4",
  M4A: "audio/mp4",
  VTT: "text/vtt",
  TXT: "text/plain",
  JSON: "application/json",
} as const;

/** Like Zoom's: the address in an answer leads on to another host, which has the bytes. */
export function answerDownload(cloud: Cloud, request: FastifyRequest): Answer {
  const [, , kind, fileId = "", issued] = pathOf(request).split("/");
  if (queryOf(request).access_token !== undefined) throw tokenInQuery();
  const isKnown = kind === "download" || kind === "webhook_download";
  if (!isKnown || findFile(cloud, fileId) === undefined) return page(404, "This recording does not exist.");
  if (isStale(cloud, issued)) return page(401, "This link has expired.");
  // Without a right the answer is a page with status 200: only its type and size tell that it is no recording.
  if (!mayDownload(cloud, request.headers.authorization))
    return page(200, "Only the host can download this recording.");
  return {
    status: 302,
    headers: { location: `${cloud.filesUrl}/rec/file/${fileId}?ticket=${newTicket(cloud)}` },
  };
}

/** The host of the files knows tickets only, and dislikes a second kind of credentials as object stores do. */
export function answerFile(cloud: Cloud, request: FastifyRequest): Answer {
  const [, , , fileId = ""] = pathOf(request).split("/");
  if (request.headers.authorization !== undefined) return page(400, "Only one auth mechanism allowed.");
  const file = findFile(cloud, fileId);
  if (file === undefined) return page(404, "This recording does not exist.");
  return isTicket(cloud, queryOf(request).ticket) ? bytes(file) : page(403, "This link has expired.");
}

function isStale(cloud: Cloud, issued: string | undefined): boolean {
  const { downloadLinkMs } = cloud.settings;
  if (downloadLinkMs === null || issued === undefined) return false;
  return cloud.clock.now() - Number.parseInt(issued, 36) >= downloadLinkMs;
}

function mayDownload(cloud: Cloud, authorization: string | undefined): boolean {
  const bearer = bearerOf(authorization) ?? "";
  const nowMs = cloud.clock.now();
  const token = cloud.tokens.get(bearer);
  if (token !== undefined) return !token.revoked && token.expiresAtMs > nowMs;
  return (cloud.downloadTokens.get(bearer) ?? 0) > nowMs;
}

function findFile(cloud: Cloud, fileId: string): RecordingFile | undefined {
  for (const { recording } of cloud.sessions.values()) {
    const files = recording === undefined || isInTrash(recording) ? [] : recording.files;
    const file = files.find(({ id, trashedAtMs }) => id === fileId && trashedAtMs === undefined);
    if (file !== undefined) return file;
  }
  return undefined;
}

function newTicket(cloud: Cloud): string {
  const ticket = secret("ticket");
  cloud.downloadTokens.set(ticket, cloud.clock.now() + TICKET_LIFE_MS);
  keepNewest(cloud.downloadTokens);
  return ticket;
}

const isTicket = (cloud: Cloud, ticket = ""): boolean =>
  (cloud.downloadTokens.get(ticket) ?? 0) > cloud.clock.now();

const bytes = (file: RecordingFile): Answer => ({
  status: 200,
  body: contentOf(file),
  headers: { "content-type": CONTENT_TYPES[file.extension], "content-length": String(file.bytes) },
});

const page = (status: number, text: string): Answer => ({
  status,
  body: `<!doctype html><title>Zoom</title><p>${text}</p>`,
  headers: { "content-type": "text/html;charset=utf-8" },
});
