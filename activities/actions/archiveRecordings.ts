import { z } from "zod";
import { ArchiveError } from "../../archive/archiveError.ts";
import type { Archive } from "../../archive/types.ts";
import { bytesText } from "../../domain/bytes.ts";
import { durationMs } from "../../domain/duration.ts";
import { ZoomError } from "../../zoom/errors.ts";
import { getRecordings } from "../../zoom/recordings.ts";
import type { ActionContext, EventDraft } from "../action.ts";
import { defineAction } from "../action.ts";
import { sessionFolder } from "../archiveKeys.ts";
import { readManifest, writeManifest } from "../archiveManifest.ts";
import type { ArchivedFile } from "../archiveSession.ts";
import { archiveSession } from "../archiveSession.ts";
import { meetingIdField, recordingWaitField } from "../fields.ts";
import { retentionIsSaid } from "../goodPractice.ts";
import { readyRecordings } from "../readyRecordings.ts";
import type { Session } from "../recordings.ts";
import { recordingPatience } from "../recordings.ts";
import { removals, removeSession, unlessGone } from "../removeRecordings.ts";
import { lookForRecordingsScopes, removeRecordingsScopes } from "../scopes.ts";

const removal = z.enum(["no", "trash", "forever"]);

const input = z.strictObject({
  meeting_id: meetingIdField,
  delete_in_zoom: removal.default("no").meta({
    title: "Then delete in Zoom",
    description:
      "Delete in Zoom once every file is in the archive in its full size. Zoom keeps its trash for 30 days",
  }),
  wait_at_most: recordingWaitField,
});

const output = z.object({
  meeting_id: z.string(),
  status: z.enum(["archived", "none"]),
  place: z
    .string()
    .meta({ title: "Archive", description: "The archive's address, below which the files lie" }),
  files: z.array(
    z.object({
      key: z.string().meta({ title: "Path in the archive" }),
      type: z.string(),
      kind: z.string(),
      bytes: z.number().meta({ title: "Size in bytes" }),
    }),
  ),
  total_bytes: z.number().meta({ title: "Size of all files in bytes" }),
  deleted_in_zoom: removal,
  reason: z.string().nullable().meta({ title: "Why there is none" }),
});

type Input = z.output<typeof input>;

const hourMs = 3_600_000;

/** Zoom may finish another file while the first are copied: nothing is deleted before a pass has found nothing new. */
const mostPasses = 5;

/** Copies all recordings of a meeting into the archive, and may then delete them in Zoom. */
export const archiveRecordings = defineAction({
  key: "zoom.archive_recordings",
  title: "Archive recordings",
  description:
    "Copies every file of the meeting's cloud recordings, transcript included, into the archive that ARCHIVE_URL names, compares the sizes, and may then delete them in Zoom.",
  category: "recordings",
  effect: "idempotent",
  scopes: [...lookForRecordingsScopes, removeRecordingsScopes],
  input,
  output,
  example: { meeting_id: "85746065432" },
  seesTo: ({ delete_in_zoom }) =>
    delete_in_zoom === undefined ? ["recordings"] : ["recordings", "retention"],
  advise: retentionIsSaid("delete_in_zoom", "write delete_in_zoom: trash, or no if that is meant"),
  patience: { ...recordingPatience, oneTryMs: 12 * hourMs },
  onFailure: "pause",
  run: async (context, given) => {
    const { meeting_id, wait_at_most } = given;
    const archive = archiveOf(context);
    const found = await readyRecordings(context, {
      meetingId: meeting_id,
      patienceMs: durationMs(wait_at_most) ?? 0,
      withTranscript: true,
      isDone: (session) => isRemoved(context, archive, given, session),
    });
    const ready = found.sessions.filter(({ state }) => state === "ready");
    const files: ArchivedFile[] = [];
    for (const session of ready) files.push(...(await archived(context, archive, given, session)));
    for (const session of found.done) {
      files.push(...((await removing(context, archive, given, session))?.files ?? []));
    }
    return {
      outputs: outputsOf(given, archive, files, found.reason),
      events: [...found.events, ...eventsOf(given, archive, files)],
    };
  },
});

const archiveOf = ({ archive }: ActionContext): Archive => {
  if (archive) return archive;
  throw new ArchiveError("archive_refused", "No archive is configured: the worker has no ARCHIVE_URL.");
};

const folderOf = ({ request }: ActionContext, { meeting_id }: Input, { startedAtMs }: Session): string =>
  sessionFolder(request.incidentId, meeting_id, startedAtMs);

/** The manifest of a session that an earlier try went on to delete in Zoom, done or not. */
const removing = async (context: ActionContext, archive: Archive, given: Input, session: Session) => {
  const manifest = await readManifest(archive, folderOf(context, given, session));
  return manifest?.uuid === session.uuid && manifest.removed_from_zoom !== "no" ? manifest : undefined;
};

/** Whatever is still there in Zoom is looked at once more before it is deleted. */
const isRemoved = async (
  context: ActionContext,
  archive: Archive,
  given: Input,
  session: Session,
): Promise<boolean> => {
  if (!(await removing(context, archive, given, session))) return false;
  return !(await unlessGone(getRecordings(context.zoom.client, session.uuid).then(() => undefined)));
};

const archived = async (
  context: ActionContext,
  archive: Archive,
  given: Input,
  session: Session,
): Promise<ArchivedFile[]> => {
  const { zoom, signal, progress } = context;
  const folder = folderOf(context, given, session);
  const job = { zoom: zoom.client, archive, uuid: session.uuid, folder, signal, progress };
  const { delete_in_zoom } = given;
  for (let pass = 1; pass <= mostPasses; pass += 1) {
    const copied = await archiveSession(job);
    if (delete_in_zoom !== "no" && copied.fetched > 0) continue;
    const files = await writeManifest(archive, folder, copied, delete_in_zoom);
    if (delete_in_zoom !== "no") await removeSession(zoom.client, session.uuid, removals[delete_in_zoom]);
    return files;
  }
  throw new ZoomError({
    code: "not_ready",
    message: `Zoom keeps adding files to the recording of meeting ${given.meeting_id}: nothing is deleted yet.`,
    method: "GET",
    path: `/meetings/${given.meeting_id}/recordings`,
  });
};

const totalOf = (files: ArchivedFile[]): number => files.reduce((sum, { bytes }) => sum + bytes, 0);

const outputsOf = (
  { meeting_id, delete_in_zoom }: Input,
  { place }: Archive,
  files: ArchivedFile[],
  reason: string | undefined,
): z.input<typeof output> => ({
  meeting_id,
  status: files.length > 0 ? "archived" : "none",
  place,
  files,
  total_bytes: totalOf(files),
  deleted_in_zoom: files.length > 0 ? delete_in_zoom : "no",
  reason: reason ?? null,
});

const eventsOf = (
  { meeting_id, delete_in_zoom }: Input,
  { place }: Archive,
  files: ArchivedFile[],
): EventDraft[] => {
  if (files.length === 0) return [];
  const size = `${files.length} file${files.length === 1 ? "" : "s"}, ${bytesText(totalOf(files))}`;
  const kept: EventDraft = {
    kind: "recording.archived",
    title: `Archived the recording: ${size}`,
    detail: `It lies in ${place}, each file in its full size.`,
    data: { meeting_id, place, files },
  };
  if (delete_in_zoom === "no") return [kept];
  const where =
    delete_in_zoom === "trash" ? "Moved the recording to Zoom's trash" : "Deleted the recording in Zoom";
  return [kept, { kind: "recording.deleted", title: `${where} after it was archived`, data: { meeting_id } }];
};
