import type { MeetingLife } from "./meetingLife.ts";

/** How a meeting's recording may change, in the order in which changes of one moment count. */
const recordingChanges = ["started", "resumed", "paused", "stopped"] as const;

export type RecordingChange = (typeof recordingChanges)[number];

/** How somebody who was called into the meeting answered. `called` (rings, or was shown) is no answer yet. */
const answers = ["called", "timeout", "missed", "failed", "rejected", "accepted"] as const;

export type InvitationAnswer = (typeof answers)[number];

/** What Zoom's webhooks tell of a live meeting beyond who is in it. */
export type LiveEvent =
  | { type: "recording_changed"; change: RecordingChange; uuid: string; atMs: number }
  | { type: "invitation_answered"; invitee: string; answer: InvitationAnswer; atMs: number };

/** Everything that was told, as sets and latest times: so neither order nor repetition matters. */
export type LiveState = {
  /** In the order in which they happened. */
  recording: RecordingNote[];
  /** By invitee's key: when each answer was last given. */
  invitations: { [invitee: string]: Answered };
};

export type RecordingNote = { uuid: string; change: RecordingChange; atMs: number };

export type Answered = { [answer in InvitationAnswer]?: number };

/** A life is saved in one piece and carried along: far more than a call has, yet bounded. */
const most = 500;

export const isLiveEvent = (event: { type: string }): event is LiveEvent =>
  event.type === "recording_changed" || event.type === "invitation_answered";

export const liveAfter = (
  live: LiveState = { recording: [], invitations: {} },
  event: LiveEvent,
): LiveState => {
  if (event.type === "invitation_answered")
    return { ...live, invitations: answeredAfter(live.invitations, event) };
  const { uuid, change, atMs } = event;
  const isKnown = live.recording.some((note) => inOrder(note, { uuid, change, atMs }) === 0);
  if (isKnown) return live;
  return { ...live, recording: [...live.recording, { uuid, change, atMs }].toSorted(inOrder).slice(-most) };
};

const inOrder = (a: RecordingNote, b: RecordingNote): number =>
  a.atMs - b.atMs ||
  recordingChanges.indexOf(a.change) - recordingChanges.indexOf(b.change) ||
  (a.uuid < b.uuid ? -1 : Number(a.uuid > b.uuid));

const answeredAfter = (
  invitations: LiveState["invitations"],
  { invitee, answer, atMs }: Extract<LiveEvent, { type: "invitation_answered" }>,
): LiveState["invitations"] => {
  const known = invitations[invitee] ?? {};
  const latest = { ...known, [answer]: Math.max(atMs, known[answer] ?? 0) };
  const sorted = answers.flatMap((each) =>
    latest[each] === undefined ? [] : [[each, latest[each]] as const],
  );
  return newest({ ...invitations, [invitee]: Object.fromEntries(sorted) });
};

const latestOf = (answered: Answered): number => Math.max(0, ...Object.values(answered));

/** By key, whatever the order they came in; the oldest give way. */
const newest = (invitations: LiveState["invitations"]): LiveState["invitations"] =>
  Object.fromEntries(
    Object.entries(invitations)
      .toSorted(([keyA, a], [keyB, b]) => latestOf(b) - latestOf(a) || (keyA < keyB ? -1 : 1))
      .slice(0, most)
      .toSorted(([keyA], [keyB]) => (keyA < keyB ? -1 : 1)),
  );

const stateAfter = { started: "on", resumed: "on", paused: "paused", stopped: "off" } as const;

export type RecordingState = {
  state: (typeof stateAfter)[RecordingChange];
  uuid: string;
  change: RecordingChange;
  sinceMs: number;
};

/**
 * How the recording of the session that is live stands, as Zoom last told. Undefined when Zoom told nothing of it:
 * then nobody knows, since the start may have been before we listened.
 */
export const recordingOf = (life: MeetingLife | null): RecordingState | undefined => {
  const over = new Set(
    (life?.sessions ?? []).filter(({ endedAtMs }) => endedAtMs !== undefined).map(({ uuid }) => uuid),
  );
  const latest = life?.live?.recording.findLast(({ uuid }) => !over.has(uuid));
  return latest && stateFrom(latest);
};

const stateFrom = ({ uuid, change, atMs }: RecordingNote): RecordingState => ({
  state: stateAfter[change],
  uuid,
  change,
  sinceMs: atMs,
});

/** How the recording came to stand with each change after those that were known before, the latest first. */
export const recordingChangesSince = (
  before: MeetingLife | null,
  now: MeetingLife | null,
): RecordingState[] => {
  const lastKnown = before?.live?.recording.at(-1);
  return (now?.live?.recording ?? [])
    .filter((note) => lastKnown === undefined || inOrder(lastKnown, note) < 0)
    .map(stateFrom)
    .toReversed();
};

/**
 * What an invitee answered since: of the answers that are newer than those known before they were called, the last
 * one. `called` when it rings and nobody has answered; undefined when Zoom told nothing.
 */
export const answerSince = (before: Answered, now: Answered): InvitationAnswer | undefined => {
  const fresh = answers.filter((answer) => (now[answer] ?? 0) > (before[answer] ?? 0));
  const given = fresh.filter((answer) => answer !== "called");
  const lastMs = Math.max(...given.map((answer) => now[answer] ?? 0));
  return given.findLast((answer) => now[answer] === lastMs) ?? fresh[0];
};
