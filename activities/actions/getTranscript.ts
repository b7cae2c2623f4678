import { z } from "zod";
import { durationMs } from "../../domain/duration.ts";
import type { SessionRecording } from "../../domain/recordings.ts";
import { bounded, spokenText } from "../../domain/transcript.ts";
import { openDownload } from "../../zoom/downloads.ts";
import { getDownloads } from "../../zoom/recordings.ts";
import type { ActionContext } from "../action.ts";
import { defineAction } from "../action.ts";
import { meetingIdField, recordingWaitField } from "../fields.ts";
import { readyRecordings } from "../readyRecordings.ts";
import { recordingPatience } from "../recordings.ts";
import { lookForRecordingsScopes } from "../scopes.ts";

const output = z.object({
  meeting_id: z.string(),
  status: z.enum(["ready", "none"]),
  text: z
    .string()
    .meta({ title: "What was said", description: "What was said in all sessions, one line for each turn" }),
  is_complete: z
    .boolean()
    .meta({ title: "Whole", description: "False if it was cut: archive the recordings to have all of it" }),
  reason: z.string().nullable().meta({ title: "Why there is none" }),
});

const mostCharacters = 50_000;

/** A day of talk is about 2 MB. */
const mostBytes = 4 * 1024 * 1024;

/** Fetches what was said on the call, as text. */
export const getTranscript = defineAction({
  key: "zoom.get_transcript",
  title: "Get transcript",
  description: "Waits for the transcript of the meeting's cloud recordings and gives what was said as text.",
  category: "recordings",
  effect: "read",
  scopes: lookForRecordingsScopes,
  input: z.strictObject({ meeting_id: meetingIdField, wait_at_most: recordingWaitField }),
  output,
  example: { meeting_id: "85746065432" },
  patience: recordingPatience,
  onFailure: "continue",
  run: async (context, { meeting_id, wait_at_most }) => {
    const patienceMs = durationMs(wait_at_most) ?? 0;
    const found = await readyRecordings(context, { meetingId: meeting_id, patienceMs, withTranscript: true });
    const spoken: string[] = [];
    for (const session of found.sessions.filter(({ transcript }) => transcript === "ready"))
      spoken.push(await textOf(context, session));
    const text = spoken.filter(Boolean).join("\n\n");
    const status = text === "" ? ("none" as const) : ("ready" as const);
    const none = found.reason ? `there is no recording: ${found.reason}` : "Zoom made no transcript";
    const lines = text.split("\n").length;
    const title =
      text === ""
        ? `There is no transcript: ${found.reason ?? none}`
        : `Fetched the transcript: ${lines} lines`;
    return {
      outputs: {
        meeting_id,
        status,
        text: bounded(text, mostCharacters),
        is_complete: text.length <= mostCharacters,
        reason: status === "none" ? none : null,
      },
      events: [...found.events, { kind: "step.completed", title, data: { meeting_id } }],
    };
  },
});

const textOf = async ({ zoom, signal }: ActionContext, { uuid }: SessionRecording): Promise<string> => {
  const { recordings, downloadToken } = await getDownloads(zoom.client, uuid);
  const urls = recordings.files
    .filter(({ fileType, isComplete }) => fileType === "TRANSCRIPT" && isComplete)
    .flatMap(({ downloadUrl }) => downloadUrl ?? []);
  const texts: string[] = [];
  for (const url of urls) {
    const { body } = await openDownload(url, downloadToken, { signal });
    texts.push(spokenText(await firstBytes(body)));
  }
  return texts.join("\n");
};

const firstBytes = async (body: AsyncIterable<Uint8Array>): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let count = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    count += chunk.byteLength;
    if (count >= mostBytes) break;
  }
  return Buffer.concat(chunks).toString("utf8");
};
