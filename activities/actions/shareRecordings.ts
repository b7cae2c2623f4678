import { z } from "zod";
import { durationMs } from "../../domain/duration.ts";
import type { SessionRecording } from "../../domain/recordings.ts";
import type { ZoomClient } from "../../zoom/client.ts";
import { getRecordings } from "../../zoom/recordings.ts";
import { getRecordingSettings, updateRecordingSettings } from "../../zoom/recordingSettings.ts";
import type { EventDraft } from "../action.ts";
import { defineAction } from "../action.ts";
import { meetingIdField, recordingWaitField } from "../fields.ts";
import { keptPasscode, practices, retentionIsSaid } from "../goodPractice.ts";
import { readyRecordings } from "../readyRecordings.ts";
import { recordingPatience } from "../recordings.ts";
import {
  lookForRecordingsScopes,
  readRecordingSettingsScopes,
  updateRecordingSettingsScopes,
} from "../scopes.ts";
import type { Access } from "../shareSettings.ts";
import { differences, wantedSettings } from "../shareSettings.ts";

const input = z.strictObject({
  meeting_id: meetingIdField,
  access: z.enum(["anyone", "signed_in", "account", "nobody"]).default("account").meta({
    title: "Who may watch",
    description:
      "Who may watch: anyone with the link and the passcode, people signed in to Zoom, the account's people, or nobody",
  }),
  passcode: z
    .string()
    .min(8)
    .max(10)
    .regex(/^(?=.*\d)(?=.*[a-zA-Z])(?=.*[^\da-zA-Z])/, "letters, digits and another character")
    .optional()
    .meta({
      title: "Passcode",
      description: "What viewers type. Without one the recording keeps its own, or is given one",
    }),
  download: z.boolean().default(false).meta({ title: "Viewers may download it" }),
  registration: z.boolean().default(false).meta({
    title: "Viewers register first",
    description: "Viewers register first, and are let in without anybody's approval",
  }),
  auto_delete: z.boolean().optional().meta({
    title: "Zoom deletes it by itself",
    description:
      "Zoom deletes it after the number of days that the account has set. Not given, this stays as it is",
  }),
  wait_at_most: recordingWaitField,
});

const shared = z.object({
  uuid: z.string(),
  share_url: z.string().nullable(),
  passcode: z.string().nullable(),
  deleted_on: z.string().nullable().meta({ title: "Zoom deletes it on", description: "yyyy-mm-dd" }),
  differs: z
    .array(z.string())
    .meta({ title: "What Zoom kept otherwise", description: "The account locks it" }),
});

const output = z.object({
  meeting_id: z.string(),
  status: z.enum(["shared", "none"]),
  share_url: z
    .string()
    .nullable()
    .meta({ title: "Link to watch it", description: "Where people watch the latest session" }),
  passcode: z.string().nullable(),
  sessions: z.array(shared),
  reason: z.string().nullable().meta({ title: "Why there is none" }),
});

type Input = z.output<typeof input>;
type Shared = z.output<typeof shared>;

/** Sets who may see a meeting's recordings, and gives the link and the passcode. */
export const shareRecordings = defineAction({
  key: "zoom.share_recordings",
  title: "Share recordings",
  description:
    "Sets who may watch the meeting's cloud recordings and how, sees what Zoom kept of it, and puts link and passcode on the timeline; to mail them, give share_url and passcode to notify.email.",
  category: "recordings",
  effect: "idempotent",
  scopes: [...lookForRecordingsScopes, readRecordingSettingsScopes, updateRecordingSettingsScopes],
  input,
  output,
  example: { meeting_id: "85746065432", access: "account", download: false },
  seesTo: ({ auto_delete }) => (auto_delete === undefined ? ["recordings"] : ["recordings", "retention"]),
  advise: practices(
    keptPasscode,
    retentionIsSaid("auto_delete", "write auto_delete: true, or false if that is meant"),
  ),
  patience: recordingPatience,
  onFailure: "continue",
  run: async (context, given) => {
    const { meeting_id, wait_at_most } = given;
    const patienceMs = durationMs(wait_at_most) ?? 0;
    const found = await readyRecordings(context, { meetingId: meeting_id, patienceMs });
    const ready = found.sessions.filter(({ state }) => state === "ready");
    const sessions: Shared[] = [];
    for (const session of ready) sessions.push(await share(context.zoom.client, given, session));
    const latest = sessions.at(-1);
    return {
      outputs: {
        meeting_id,
        status: latest ? ("shared" as const) : ("none" as const),
        share_url: latest?.share_url ?? null,
        passcode: latest?.passcode ?? null,
        sessions,
        reason: found.reason ?? null,
      },
      events: [...found.events, ...(latest ? [sharedEvent(given, sessions, latest)] : [])],
    };
  },
});

const share = async (zoom: ZoomClient, given: Input, { uuid }: SessionRecording): Promise<Shared> => {
  const wanted = wantedSettings(given, await getRecordingSettings(zoom, uuid));
  await updateRecordingSettings(zoom, uuid, wanted);
  const kept = await getRecordingSettings(zoom, uuid);
  const { shareUrl, passcode } = await getRecordings(zoom, uuid);
  return {
    uuid,
    share_url: shareUrl ?? null,
    passcode: passcode ?? (kept.password || null),
    deleted_on: kept.auto_delete_date ?? null,
    differs: differences(wanted, kept),
  };
};

const audiences: Readonly<Record<Access, string>> = {
  anyone: "shared with whoever has the link and the passcode",
  signed_in: "shared with whoever has the link and is signed in to Zoom",
  account: "shared within the account",
  nobody: "no longer shared",
};

const sharedEvent = (
  { meeting_id, access, download, registration }: Input,
  all: Shared[],
  latest: Shared,
): EventDraft => {
  const differs = [...new Set(all.flatMap((each) => each.differs))];
  const detail = [
    access !== "nobody" && latest.passcode && `Passcode ${latest.passcode}`,
    registration && "Viewers register first",
    download && "Viewers may download it",
    latest.deleted_on && `Zoom deletes it on ${latest.deleted_on}`,
    differs.length > 0 &&
      `Zoom kept some settings, which the account locks: ${differs.join("; ")}. Ask a Zoom administrator to change them`,
  ].filter(Boolean);
  const links = all.flatMap(({ share_url }, index) =>
    share_url === null || access === "nobody"
      ? []
      : [{ title: all.length > 1 ? `Watch part ${index + 1}` : "Watch the recording", url: share_url }],
  );
  return {
    kind: "recording.shared",
    title: `The recording is ${audiences[access]}`,
    ...(detail.length > 0 && { detail: `${detail.join(". ")}.` }),
    data: { meeting_id, access, download, registration, differs },
    ...(links.length > 0 && { links }),
  };
};
