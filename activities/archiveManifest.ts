import { z } from "zod";
import type { Archive } from "../archive/types.ts";
import type { Archived, ArchivedFile } from "./archiveSession.ts";

/**
 * What lies in a session's folder, told by a file in it. It is written once every other file is there, and before
 * anything is deleted in Zoom: a try that finds nothing in Zoom any more reads here that it was archived.
 */
const manifestSchema = z.object({
  meeting_id: z.string(),
  uuid: z.string(),
  topic: z.string(),
  started_at: z.string(),
  /** Written before it is done. */
  removed_from_zoom: z.enum(["no", "trash", "forever"]),
  files: z.array(z.object({ key: z.string(), type: z.string(), kind: z.string(), bytes: z.number() })),
});

type Manifest = z.output<typeof manifestSchema>;

const nameIn = (folder: string): string => `${folder}/recording.json`;

export const readManifest = async (archive: Archive, folder: string): Promise<Manifest | undefined> => {
  const text = await archive.read(nameIn(folder));
  if (text === undefined) return undefined;
  const parsed = manifestSchema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : undefined;
};

export const writeManifest = async (
  archive: Archive,
  folder: string,
  { recordings, files }: Archived,
  removed: Manifest["removed_from_zoom"],
): Promise<ArchivedFile[]> => {
  const manifest: Manifest = {
    meeting_id: recordings.meetingId,
    uuid: recordings.uuid,
    topic: recordings.topic,
    started_at: recordings.startTime,
    removed_from_zoom: removed,
    files,
  };
  const bytes = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
  await archive.put(nameIn(folder), only(bytes), { contentType: "application/json" });
  return files;
};

const only = async function* (bytes: Buffer): AsyncGenerator<Uint8Array, void> {
  await Promise.resolve();
  yield bytes;
};
