import { durationText } from "./duration.ts";
import type { Person } from "./incident.ts";
import { recordingMilestones } from "./liveMilestones.ts";
import type { MeetingLife, MeetingSession } from "./meetingLife.ts";
import { nameOf } from "./people.ts";
import type { TimelineEvent, TimelineKind } from "./timeline.ts";

/** Which meeting the milestones are of. */
export type MilestoneScope = { meetingId: string; topic: string; expected: readonly Person[] };

/**
 * What of a meeting belongs on the timeline: milestones, never single joins and leaves. Each has Zoom's identity in
 * its id, so that a webhook and a look at Zoom that tell the same are recorded once.
 */
export const milestonesBetween = (
  before: MeetingLife,
  after: MeetingLife,
  scope: MilestoneScope,
  atMs: number,
): TimelineEvent[] => {
  const sessions = after.sessions.flatMap((session) =>
    sessionMilestones(
      before.sessions.find(({ uuid }) => uuid === session.uuid),
      session,
      scope,
      atMs,
    ),
  );
  sessions.push(...recordingMilestones(before, after, scope.meetingId));
  const isDeletedNow = after.state === "deleted" && before.state !== "deleted";
  return isDeletedNow
    ? [...sessions, event(scope, "meeting.deleted", "", atMs, `${scope.topic} was deleted in Zoom`)]
    : sessions;
};

const event = (
  { meetingId }: MilestoneScope,
  kind: TimelineKind,
  uuid: string,
  atMs: number,
  title: string,
  data?: Record<string, unknown>,
): TimelineEvent => ({
  id: `meeting-${meetingId}/${uuid}/${kind}`,
  kind,
  at: new Date(atMs).toISOString(),
  title,
  ...(data && { data }),
  source: { type: "meeting", meeting_id: meetingId },
});

const sessionMilestones = (
  before: MeetingSession | undefined,
  session: MeetingSession,
  scope: MilestoneScope,
  atMs: number,
): TimelineEvent[] => {
  const isNew = before === undefined;
  const isEndedNow = session.endedAtMs !== undefined && before?.endedAtMs === undefined;
  return [
    ...(isNew
      ? [event(scope, "meeting.started", session.uuid, session.startedAtMs, `${scope.topic} is live`)]
      : []),
    ...responderMilestones(before?.seen ?? [], session, scope, atMs),
    ...(isEndedNow ? [ended(session, scope)] : []),
  ];
};

const responderMilestones = (
  seenBefore: readonly string[],
  session: MeetingSession,
  scope: MilestoneScope,
  atMs: number,
): TimelineEvent[] => {
  const { uuid, seen, startedAtMs } = session;
  if (seen.length === seenBefore.length) return [];
  const events: TimelineEvent[] = [];
  if (seenBefore.length === 0) {
    const title = `First responder on the call: ${seen.join(", ")}`;
    const waited = durationText(Math.max(0, atMs - startedAtMs));
    events.push(event(scope, "meeting.first_responder", uuid, atMs, title, { people: seen, after: waited }));
  }
  if (scope.expected.length > 1 && missingOf(session, scope).length === 0) {
    const title = `All ${scope.expected.length} responders have been on the call`;
    events.push(event(scope, "meeting.all_responders", uuid, atMs, title));
  }
  return events;
};

const missingOf = ({ seen }: MeetingSession, { expected }: MilestoneScope): string[] =>
  expected.map(nameOf).filter((name) => !seen.includes(name));

const ended = (session: MeetingSession, scope: MilestoneScope): TimelineEvent => {
  const endedAtMs = session.endedAtMs ?? session.startedAtMs;
  const lasted = durationText(Math.max(0, endedAtMs - session.startedAtMs));
  const missing = missingOf(session, scope);
  const milestone = event(
    scope,
    "meeting.ended",
    session.uuid,
    endedAtMs,
    `${scope.topic} ended after ${lasted}`,
    {
      minutes: Math.round((endedAtMs - session.startedAtMs) / 60_000),
      connections: Object.keys(session.people).length,
      missing,
    },
  );
  return missing.length > 0
    ? { ...milestone, detail: `Not seen on the call: ${missing.join(", ")}` }
    : milestone;
};
