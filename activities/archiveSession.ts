import type { Archive } from "../archive/types.ts";
import { ArchiveError } from "../archive/archiveError.ts";
import type { Json } from "../domain/plan.ts";
import type { ZoomClient } from "../zoom/client.ts";
import type { Download } from "../zoom/downloads.ts";
import { openDownload } from "../zoom/downloads.ts";
import { ZoomError } from "../zoom/errors.ts";
import type { Recordings } from "../zoom/recordings.ts";
import { getDownloads } from "../zoom/recordings.ts";
import { keyed } from "./archiveKeys.ts";

type ZoomFile = Recordings["files"][number];

/** A file in the archive, its size compared with Zoom's. */
export type ArchivedFile = { key: string; type: string; kind: string; bytes: number };

export type ArchiveJob = {
  zoom: ZoomClient;
  archive: Archive;
  uuid: string;
  folder: string;
  signal: AbortSignal;
  progress: (now: Json) => void;
};

export type Archived = { recordings: Recordings; files: ArchivedFile[]; fetched: number };

const progressEveryBytes = 16 * 1024 * 1024;

/**
 * Copies a session's files into the archive, one after the other, each as a stream. What is there in the right size is
 * not fetched again, so that a try after a crash goes on where the last one stopped.
 */
export const archiveSession = async (job: ArchiveJob): Promise<Archived> => {
  const links = await openLinks(job);
  const all = links.keyed();
  const files: ArchivedFile[] = [];
  let fetched = 0;
  for (const [index, { key, file }] of all.entries()) {
    const at = { file: `${index + 1} of ${all.length}`, key };
    const kept = await keptBytes(job, key, file);
    job.progress({ ...at, bytes: kept ?? 0, of: file.bytes });
    const bytes =
      kept ?? (await copy(job, links, key, (done) => job.progress({ ...at, bytes: done, of: file.bytes })));
    if (kept === undefined) fetched += 1;
    files.push({ key, type: file.fileType, kind: file.recordingType, bytes });
  }
  return { recordings: links.recordings(), files, fetched };
};

/** Zoom does not tell the size of every file: of such a one, what is there whole will do. */
const keptBytes = async (
  { archive }: ArchiveJob,
  key: string,
  { bytes }: ZoomFile,
): Promise<number | undefined> => {
  const kept = await archive.find(key);
  const isSame = kept !== undefined && kept.bytes > 0 && (bytes === 0 || kept.bytes === bytes);
  return isSame ? kept.bytes : undefined;
};

type Links = {
  recordings: () => Recordings;
  keyed: () => ReturnType<typeof keyed>;
  open: (key: string) => Promise<Download>;
};

/** Download addresses and their token, asked for anew when Zoom no longer takes them. They stay in here. */
const openLinks = async ({ zoom, uuid, folder, signal }: ArchiveJob): Promise<Links> => {
  let downloads = await getDownloads(zoom, uuid);
  const list = () => {
    const { files, participantFiles } = downloads.recordings;
    const whole = [...files, ...participantFiles].filter(({ isComplete }) => isComplete);
    return keyed(folder, whole);
  };
  const open = async (key: string): Promise<Download> => {
    const url = list().find((each) => each.key === key)?.file.downloadUrl;
    if (url === undefined) throw gone(key);
    return openDownload(url, downloads.downloadToken, { signal });
  };
  return {
    recordings: () => downloads.recordings,
    keyed: list,
    open: async (key) => {
      try {
        return await open(key);
      } catch (error) {
        if (!(error instanceof ZoomError) || !["permission", "not_found"].includes(error.code)) throw error;
        downloads = await getDownloads(zoom, uuid);
        return open(key);
      }
    },
  };
};

const copy = async (
  { archive, signal }: ArchiveJob,
  links: Links,
  key: string,
  onProgress: (bytes: number) => void,
): Promise<number> => {
  const file = links.keyed().find((each) => each.key === key)?.file;
  const download = await links.open(key);
  const contentType = contentTypeOf(file, download);
  let count = 0;
  const counted = async function* () {
    let told = 0;
    for await (const chunk of download.body) {
      count += chunk.byteLength;
      if (count - told >= progressEveryBytes) onProgress((told = count));
      yield chunk;
    }
    // Thrown before the object is complete, so that a short one never stands in the archive.
    const wanted = file?.bytes || download.bytes || count;
    if (count !== wanted || count === 0) throw wrongSize(key, count, wanted);
  };
  await archive.put(key, counted(), { contentType, signal });
  const kept = await archive.find(key);
  if (kept?.bytes === count) return count;
  throw new ArchiveError(
    "archive_unavailable",
    `${key} has ${kept?.bytes ?? "no"} bytes in the archive instead of ${count}.`,
  );
};

const contentTypes: Readonly<Record<string, string>> = {
  MP4: "video/mp4",
  M4A: "audio/mp4",
  VTT: "text/vtt",
  TXT: "text/plain",
  CSV: "text/csv",
  JSON: "application/json",
  JPG: "image/jpeg",
};

/** A text or an answer in JSON in place of a film is an error of Zoom's that was sent as a success. */
const contentTypeOf = (file: ZoomFile | undefined, { contentType }: Download): string => {
  const wanted = contentTypes[file?.extension ?? ""];
  const isMedia = wanted?.startsWith("video/") || wanted?.startsWith("audio/");
  if (isMedia && /^text\/|json|xml/.test(contentType)) {
    throw trouble("permission", `Zoom sent ${contentType} in place of the ${file?.fileType} file.`);
  }
  return wanted ?? (contentType || "application/octet-stream");
};

const wrongSize = (key: string, count: number, wanted: number): ZoomError =>
  trouble("unavailable", `${key} came with ${count} bytes of ${wanted}.`);

const gone = (key: string): ZoomError => trouble("not_found", `Zoom has ${key} no more.`);

const trouble = (code: ZoomError["code"], message: string): ZoomError =>
  new ZoomError({ code, message, method: "GET", path: "/rec/download" });
