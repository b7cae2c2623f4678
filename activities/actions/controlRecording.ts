import { z } from "zod";
import { recordingMilestone } from "../../domain/liveMilestones.ts";
import type { RecordingNote, RecordingState } from "../../domain/liveState.ts";
import { recordingChangesSince, recordingOf } from "../../domain/liveState.ts";
import { ZoomError } from "../../zoom/errors.ts";
import { controlLiveMeeting, explained, mayHaveHappened } from "../../zoom/liveMeetings.ts";
import type { ActionContext, EventDraft } from "../action.ts";
import { defineAction } from "../action.ts";
import { awaitCall, isMerelyNotLive, liveCallOf } from "../liveCall.ts";
import { meetingIdField } from "../fields.ts";
import { liveControlScopes, readMeetingScopes } from "../scopes.ts";

const controls = ["start", "stop", "pause", "resume"] as const;

type Control = (typeof controls)[number];

/** What the recording is to be, and how people say it. */
const meanings = {
  start: { wanted: "on", asked: "start the recording", missed: "Recording not started" },
  resume: { wanted: "on", asked: "go on recording", missed: "Recording not resumed" },
  pause: { wanted: "paused", asked: "pause the recording", missed: "Recording not paused" },
  stop: { wanted: "off", asked: "stop the recording", missed: "Nothing to stop" },
} as const;

const stands = { on: "recording", paused: "paused", off: "stopped" } as const;

const output = z.object({
  meeting_id: z.string(),
  action: z.enum(controls),
  outcome: z.enum(["confirmed", "already", "not_recording", "not_live", "not_confirmed"]).meta({
    title: "Outcome",
    description:
      "confirmed: Zoom's webhook said so; already: it was so; not_recording: there was nothing to pause or resume; not_live: nobody is on the call; not_confirmed: Zoom took the request and told nothing since",
  }),
  recording: z.enum(["on", "paused", "off", "unknown"]).meta({ title: "How the recording stands" }),
  since: z.string().nullable().meta({ title: "Since when" }),
});

type Output = z.input<typeof output>;

type Result = Pick<Output, "outcome"> & { state?: RecordingState | undefined; event: EventDraft };

/** Controls the cloud recording of a live call, and says whether Zoom has done it. */
export const controlRecording = defineAction({
  key: "zoom.control_recording",
  title: "Control recording",
  description:
    "Starts, stops, pauses or resumes the cloud recording of a live call, and waits for Zoom to confirm it.",
  category: "recordings",
  effect: "idempotent",
  scopes: [liveControlScopes, readMeetingScopes],
  input: z.strictObject({
    meeting_id: meetingIdField,
    action: z.enum(controls).meta({ title: "What to do" }),
    wait_seconds: z.coerce
      .number()
      .int()
      .min(0)
      .max(60)
      .default(15)
      .meta({ title: "Wait for Zoom's confirmation", description: "In seconds" }),
  }),
  output,
  example: { meeting_id: "85746065432", action: "start" },
  seesTo: ({ action }) => (action === "start" ? ["recording"] : []),
  onFailure: "continue",
  run: async (context, { meeting_id, action, wait_seconds }) => {
    const { outcome, state, event } = await control(context, meeting_id, action, wait_seconds * 1000);
    return {
      outputs: {
        meeting_id,
        action,
        outcome,
        recording: state?.state ?? ("unknown" as const),
        since: state ? new Date(state.sinceMs).toISOString() : null,
      },
      events: [event],
    };
  },
});

const control = async (
  context: ActionContext,
  meetingId: string,
  action: Control,
  waitMs: number,
): Promise<Result> => {
  const { store, attempt } = context;
  const { life: before } = await liveCallOf(store, meetingId);
  const state = recordingOf(before);
  const { wanted } = meanings[action];
  const settled = state && withoutAsking(meetingId, action, state, attempt);
  if (settled) return settled;
  // What is paused does not start, it goes on.
  const asked = action === "start" && state?.state === "paused" ? "resume" : action;
  const lost = await ask(context, meetingId, asked);
  if (lost === "not_live") return notLive(meetingId, action);
  const change = await awaitCall(store, meetingId, waitMs, ({ life }) =>
    recordingChangesSince(before, life).find(({ state: became }) => became === wanted),
  );
  if (change) return confirmed(meetingId, change);
  // The answer was lost and nothing came of it: asking again does no harm.
  if (lost) throw lost;
  return notConfirmed(meetingId, action, recordingOf((await liveCallOf(store, meetingId)).life));
};

/** Undefined when Zoom has to be asked. */
const withoutAsking = (
  meetingId: string,
  action: Control,
  state: RecordingState,
  attempt: number,
): Result | undefined => {
  // On a later try it may be so because of the first.
  if (state.state === meanings[action].wanted)
    return attempt > 1 ? confirmed(meetingId, state) : already(state);
  return state.state === "off" && action !== "start" ? notRecording(action, state) : undefined;
};

/** Undefined when Zoom took the request; an error when it may have. */
const ask = async (
  { zoom }: ActionContext,
  meetingId: string,
  action: Control,
): Promise<"not_live" | ZoomError | undefined> => {
  try {
    await controlLiveMeeting(zoom.client, meetingId, { method: `recording.${action}` });
    return undefined;
  } catch (error) {
    if (error instanceof ZoomError && mayHaveHappened(error)) return error;
    if (await isMerelyNotLive(zoom.client, meetingId, error)) return "not_live";
    throw explained(error);
  }
};

const confirmed = (meetingId: string, state: RecordingState): Result => ({
  outcome: "confirmed",
  state,
  // The meeting's own report of the same change has the same id: the timeline keeps one of them.
  event: recordingMilestone(meetingId, noteOf(state)),
});

const noteOf = ({ uuid, change, sinceMs }: RecordingState): RecordingNote => ({
  uuid,
  change,
  atMs: sinceMs,
});

const clockTime = (ms: number): string => `${new Date(ms).toISOString().slice(11, 16)} UTC`;

const already = (state: RecordingState): Result => ({
  outcome: "already",
  state,
  event: {
    kind: "step.completed",
    title: `The recording was ${stands[state.state]} already, since ${clockTime(state.sinceMs)}`,
  },
});

const notRecording = (action: Control, state: RecordingState): Result => ({
  outcome: "not_recording",
  state,
  event: {
    kind: "step.completed",
    title: `${meanings[action].missed}: nothing is being recorded since ${clockTime(state.sinceMs)}`,
  },
});

const notLive = (meetingId: string, action: Control): Result => ({
  outcome: "not_live",
  event: {
    kind: "step.completed",
    title: `${meanings[action].missed}: nobody is on the call`,
    detail:
      "Zoom records live calls only. Let a step wait for meeting.started before this one, or give the meeting auto-recording when it is made.",
    data: { meeting_id: meetingId },
  },
});

const notConfirmed = (meetingId: string, action: Control, state: RecordingState | undefined): Result => ({
  outcome: "not_confirmed",
  state,
  event: {
    kind: "step.completed",
    title: `Zoom was asked to ${meanings[action].asked}, but has not confirmed it`,
    detail:
      "Look at the recording mark in the call, and do it there by hand if need be. Zoom says nothing when the host has no cloud recording, or when its webhooks (recording.*) do not reach us.",
    data: { meeting_id: meetingId },
  },
});
