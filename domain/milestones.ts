import { durationText } from "./duration.ts";
import type { Person } from "./incident.ts";
import { recordingMilestones } from "./liveMilestones.ts";
import type { MeetingEvent, MeetingLife, MeetingSession } from "./meetingLife.ts";
import { lifeAfter } from "./meetingLife.ts";
import type { Arrival, Readiness } from "./firstResponder.ts";
import { arrivalsOf, firstResponderOf, readinessOf } from "./firstResponder.ts";
import { personKey, shownName } from "./people.ts";
import type { TimelineEvent, TimelineKind } from "./timeline.ts";

/** Which meeting the milestones are of. */
export type MilestoneScope = {
  meetingId: string;
  topic: string;
  expected: readonly Person[];
  /** When people could first come, as to a bridge: what the time to the first responder counts from. */
  readyAtMs?: number;
  /** We took it back ourselves, and said so: its deletion is no news. */
  isWithdrawn?: boolean;
};

/** Of a meeting as the store has it. */
export const scopeOf = ({
  meeting,
  expected,
  isWithdrawn,
}: {
  meeting: Readiness & { meeting_id: string; topic: string };
  expected: readonly Person[];
  isWithdrawn: boolean;
}): MilestoneScope => ({
  meetingId: meeting.meeting_id,
  topic: meeting.topic,
  expected,
  isWithdrawn,
  ...readinessOf(meeting),
});

/** What events make of a meeting's life, and what of that belongs on the timeline. */
export const lifeChange = (
  before: MeetingLife,
  events: readonly MeetingEvent[],
  scope: MilestoneScope,
  nowMs: number,
): { life: MeetingLife; events: TimelineEvent[] } => {
  const life = events.reduce((sofar, event) => lifeAfter(sofar, event, scope.expected), before);
  return { life, events: milestonesBetween(before, life, scope, nowMs) };
};

/**
 * What of a meeting belongs on the timeline: milestones, never single joins and leaves. Each has Zoom's identity in
 * its id, so that a webhook and a look at Zoom that tell the same are recorded once; each says when it happened,
 * however late it is heard of.
 */
export const milestonesBetween = (
  before: MeetingLife,
  after: MeetingLife,
  scope: MilestoneScope,
  nowMs: number,
): TimelineEvent[] => {
  const sessions = after.sessions.flatMap((session) =>
    sessionMilestones(
      before.sessions.find(({ uuid }) => uuid === session.uuid),
      session,
      scope,
      firstResponderOf(after, session, scope.readyAtMs)?.afterMs,
    ),
  );
  sessions.push(...recordingMilestones(before, after, scope.meetingId));
  const isOurs = scope.isWithdrawn || after.isTakenBack;
  const isDeletedNow = after.state === "deleted" && before.state !== "deleted" && !isOurs;
  return isDeletedNow
    ? [
        ...sessions,
        milestone(
          scope,
          "meeting.deleted",
          "",
          after.deletedAtMs ?? nowMs,
          `${scope.topic} was deleted in Zoom`,
        ),
      ]
    : sessions;
};

/** An event of a meeting's session, its id made of Zoom's own ids. */
export const milestone = (
  { meetingId }: Pick<MilestoneScope, "meetingId">,
  kind: TimelineKind,
  uuid: string,
  atMs: number,
  title: string,
  more: Pick<TimelineEvent, "detail" | "data" | "links"> = {},
): TimelineEvent => ({
  id: `meeting-${meetingId}/${uuid}/${kind}`,
  kind,
  at: new Date(atMs).toISOString(),
  title,
  ...more,
  source: { type: "meeting", meeting_id: meetingId },
});

const sessionMilestones = (
  before: MeetingSession | undefined,
  session: MeetingSession,
  scope: MilestoneScope,
  firstAfterMs: number | undefined,
): TimelineEvent[] => {
  const isEndedNow = session.endedAtMs !== undefined && before?.endedAtMs === undefined;
  return [
    ...(before === undefined ? [started(session, scope)] : []),
    ...responderMilestones(before, session, scope, firstAfterMs),
    ...(isEndedNow ? [ended(session, scope)] : []),
  ];
};

/** Who of the responders was there last of all, once all of them were. */
const completedBy = (arrivals: Arrival[], expected: readonly Person[]): Arrival | undefined =>
  expected.length > 1 && expected.every((person) => arrivals.some(({ key }) => key === personKey(person)))
    ? arrivals.at(-1)
    : undefined;

const responderMilestones = (
  before: MeetingSession | undefined,
  session: MeetingSession,
  scope: MilestoneScope,
  firstAfterMs = 0,
): TimelineEvent[] => {
  const { uuid } = session;
  const { expected } = scope;
  const [known, now] = [arrivalsOf(before), arrivalsOf(session)];
  const first = newsOf(known[0], now[0], ({ key, atMs }) => {
    const person = expected.find((each) => personKey(each) === key);
    const after = durationText(firstAfterMs);
    // Zoom tells of joins in whole seconds.
    const when = firstAfterMs < 1000 ? "within a second" : `after ${after}`;
    const title = `First responder on the call ${when}: ${person ? shownName(person, expected) : key}`;
    const data = { person: key, after, seconds_to_join: Math.round(firstAfterMs / 1000) };
    return milestone(scope, "meeting.first_responder", uuid, atMs, title, { data });
  });
  const all = newsOf(completedBy(known, expected), completedBy(now, expected), ({ atMs }) => {
    const title = `All ${expected.length} responders have been on the call`;
    return milestone(scope, "meeting.all_responders", uuid, atMs, title);
  });
  return [...first, ...all];
};

/** Who came first may be heard of last: then what the timeline says already is put right by an event of its own. */
const newsOf = (
  known: Arrival | undefined,
  now: Arrival | undefined,
  eventOf: (arrival: Arrival) => TimelineEvent,
): TimelineEvent[] => {
  if (now === undefined || known?.atMs === now.atMs) return [];
  const event = eventOf(now);
  if (known === undefined) return [event];
  const detail = "Zoom told of it late: this puts right what is said above.";
  return [{ ...event, id: `${event.id}/${now.atMs}`, detail }];
};

const started = ({ uuid, startedAtMs, noticed }: MeetingSession, scope: MilestoneScope) =>
  milestone(scope, "meeting.started", uuid, startedAtMs, `${scope.topic} is live`, {
    ...(noticed?.start && { detail: "Zoom was asked just now, and does not tell since when." }),
  });

/** Who never came is told with the attendance, which knows it for sure. */
const ended = (
  { uuid, startedAtMs, endedAtMs = startedAtMs, noticed }: MeetingSession,
  scope: MilestoneScope,
) => {
  if (noticed?.end) {
    const detail = "Zoom was asked just now, and does not tell when it ended.";
    return milestone(scope, "meeting.ended", uuid, endedAtMs, `${scope.topic} is over`, { detail });
  }
  const lastedMs = Math.max(0, endedAtMs - startedAtMs);
  return milestone(
    scope,
    "meeting.ended",
    uuid,
    endedAtMs,
    `${scope.topic} ended after ${durationText(lastedMs)}`,
    {
      data: { minutes: Math.round(lastedMs / 60_000) },
    },
  );
};
