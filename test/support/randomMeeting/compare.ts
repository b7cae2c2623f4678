import { isDeepStrictEqual } from "node:util";
import type { HttpClient } from "../../../client/http.ts";
import { durationText } from "../../../domain/duration.ts";
import type { RecordedEvent, TimelineKind } from "../../../domain/timeline.ts";
import type { Control } from "../control.ts";
import type { Known } from "./expected.ts";
import { arrivalsOf, attendanceOf, callOf, isKnownAs } from "./expected.ts";
import type { Play } from "./plays.ts";
import { arrivesAtOnce } from "./plays.ts";
import type { SessionTruth, Truth } from "./truth.ts";
import { truthOf } from "./truth.ts";

/** The timeline rounds twice: minutes are kept with one decimal. */
const lengthText = (ms: number): string => {
  const minutes = Math.round(ms / 6000) / 10;
  if (minutes < 1) return "less than a minute";
  const whole = Math.round(minutes);
  return `${whole} minute${whole === 1 ? "" : "s"}`;
};

const minuteMs = 60_000;

const of = (events: readonly RecordedEvent[], kind: TimelineKind, uuid?: string): RecordedEvent[] =>
  events.filter((event) => event.kind === kind && (uuid === undefined || event.id.includes(`/${uuid}/`)));

const unlike = (what: string, shown: unknown, ought: unknown): string[] =>
  isDeepStrictEqual(shown, ought)
    ? []
    : [`${what}:\n      is    ${JSON.stringify(shown)}\n      ought ${JSON.stringify(ought)}`];

const at = (ms: number | null): string => new Date(ms ?? 0).toISOString();

type Attempt = { at: string; status?: number };
type Delivery = { event: string; uuid?: string; meeting_id?: number; attempts: Attempt[] };

const isTaken = ({ status = 0 }: Attempt): boolean => status >= 200 && status < 300;

const tellsStart = /^meeting\.(started|ended|participant_joined|participant_left)$/;

/**
 * A look at a meeting tells that it is live, and not since when: GET /meetings/{meetingId} answers its `status` and the
 * `start_time` it was planned for (openapi.json). So a session may begin late on the timeline if no webhook told of it
 * before.
 */
const isSeenLive = (
  started: RecordedEvent,
  { uuid, startMs, endMs }: SessionTruth,
  deliveries: readonly Delivery[],
): boolean =>
  started.at > at(startMs) &&
  started.at < at(endMs) &&
  !deliveries.some(
    (delivery) =>
      delivery.uuid === uuid &&
      tellsStart.test(delivery.event) &&
      delivery.attempts.some((attempt) => isTaken(attempt) && attempt.at < started.at),
  );

/** A session, what the timeline says of it, and how Zoom told of it. */
type Told = {
  session: SessionTruth;
  play: Play;
  /** When the bridge was there to be joined. */
  readyMs: number;
  /** The events of this kind. */
  said: (kind: TimelineKind) => RecordedEvent[];
  deliveries: readonly Delivery[];
};

const byJoin = (a: { first_join: string; name: string }, b: { first_join: string; name: string }): number =>
  a.first_join.localeCompare(b.first_join) || a.name.localeCompare(b.name);

const isOnTime = ({ play, deliveries }: Told): boolean =>
  arrivesAtOnce(play) && deliveries.every(({ attempts }) => attempts.every(isTaken));

/**
 * "Note the API doesn't return results if there's only one participant in a meeting" (openapi.json,
 * GET /past_meetings/{meetingId}/participants): only webhooks tell who that was, and what was lost of them nobody knows.
 */
const isKnown = (told: Told): boolean => told.session.stays > 1 || isOnTime(told);

/** When it began and ended, and how long it was. */
const wrongSpan = ({ session, said, deliveries }: Told): string[] => {
  const { startMs, endMs } = session;
  const lastedMs = (endMs ?? 0) - startMs;
  return [
    ...said("meeting.started")
      .filter((event) => !isSeenLive(event, session, deliveries))
      .flatMap((event) => unlike("its start", event.at, at(startMs))),
    ...said("meeting.ended").flatMap((event) =>
      unlike(
        "its end, and minutes",
        [event.at, event.data?.["minutes"]],
        [at(endMs), Math.round(lastedMs / minuteMs)],
      ),
    ),
    ...said("attendance.ready").flatMap(({ title }) =>
      unlike("its length", title.replace(/.* of /, ""), lengthText(lastedMs)),
    ),
  ];
};

const wrongAttendance = (told: Told): string[] => {
  const { session, play, said } = told;
  if (!isKnown(told)) return [];
  const ought = attendanceOf(session, play.expected);
  return said("attendance.ready").flatMap(({ data }) => {
    const { attendees, missing } = data as typeof ought;
    return [
      ...unlike("attendees", attendees.toSorted(byJoin), ought.attendees.toSorted(byJoin)),
      ...unlike("missing", missing.toSorted(), ought.missing.toSorted()),
    ];
  });
};

/** Who came first may be heard of last: an event of its own puts right what was told, so that the last one counts. */
const wrongResponders = (told: Told): string[] => {
  if (!isKnown(told)) return [];
  const { session, play, said, readyMs } = told;
  const { startMs } = session;
  const arrivals = arrivalsOf(session, play.expected).toSorted((a, b) => a.atMs - b.atMs);
  const isComplete = play.expected.length > 1 && arrivals.length === play.expected.length;
  const firstMs = arrivals.slice(0, 1).map(({ atMs }) => atMs);
  const names = arrivals.filter(({ atMs }) => atMs === firstMs[0]).map(({ name }) => name);
  const [first, all] = [said("meeting.first_responder"), said("meeting.all_responders")];
  return [
    ...unlike(
      "its first responder",
      first.slice(-1).map((event) => event.at),
      firstMs.map(at),
    ),
    // Of the first time that some of them met it counts from when the bridge was ready, and else from the start.
    ...first.slice(-1).flatMap(({ data, title }) => {
      const after = [readyMs, startMs].map((ms) => durationText(Math.max(0, (firstMs[0] ?? 0) - ms)));
      return after.includes(String(data?.["after"])) ? [] : [`${title}, instead of ${after.join(" or ")}`];
    }),
    ...first
      .slice(-1)
      .filter(({ data }) => !names.includes(String(data?.["person"])))
      .map(({ title }) => `${title}, instead of ${names.join(" or ")}`),
    ...unlike(
      "when all responders had been there",
      all.slice(-1).map((event) => event.at),
      arrivals.slice(-1).flatMap(({ atMs }) => (isComplete ? [at(atMs)] : [])),
    ),
    ...[first, all]
      .filter(({ length }) => length > (isOnTime(told) ? 1 : arrivals.length))
      .map((events) => `said too often: ${events.map(({ title }) => title).join(", ")}`),
  ];
};

/** Who is said to be missing is not there, where all is heard in time; a second is as exact as Zoom. */
const wrongMissing = (told: Told): string[] =>
  (isOnTime(told) ? told.said("meeting.responders_missing") : []).flatMap(({ at: when, data, title }) => {
    const ms = Date.parse(when);
    const missing = data?.["missing"] as string[];
    const isThere = (known: Known): boolean =>
      told.session.people.some(
        ({ person, stays }) =>
          isKnownAs(known, person) &&
          stays.some(({ startMs, endMs }) => startMs < ms - 2000 && endMs > ms + 2000),
      );
    const there = told.play.expected.filter(isThere).map(callOf);
    return missing.some((name) => there.includes(name)) ? [`${title}, though there was ${there.join()}`] : [];
  });

const once = ["meeting.started", "meeting.ended", "attendance.ready", "recording.ready"] as const;

const wrongSession = (told: Told): string[] => {
  const { uuid, startMs, endMs } = told.session;
  return [
    ...once.flatMap((kind) => unlike(`number of ${kind}`, told.said(kind).length, 1)),
    ...wrongSpan(told),
    ...wrongAttendance(told),
    ...wrongResponders(told),
    ...wrongMissing(told),
  ].map((each) => `session ${uuid} from ${at(startMs)} to ${at(endMs)}: ${each}`);
};

const allowed: ReadonlySet<TimelineKind> = new Set<TimelineKind>([
  "incident.declared",
  "runbook.started",
  "runbook.waiting",
  "runbook.completed",
  "bridge.ready",
  "step.completed",
  "step.skipped",
  "step.timed_out",
  "participants.added",
  "meeting.started",
  "meeting.first_responder",
  "meeting.all_responders",
  "meeting.responders_missing",
  "meeting.ended",
  "attendance.ready",
  "recording.started",
  "recording.stopped",
  "recording.ready",
  "recording.none",
  "transcript.ready",
  "note",
]);

const wrongIn = (
  events: readonly RecordedEvent[],
  truth: Truth,
  play: Play,
  deliveries: readonly Delivery[],
  readyMs: number,
): string[] => {
  const ids = events.map(({ id }) => id);
  return [
    ...unlike(
      "its numbers",
      events.map(({ seq }) => seq),
      events.map((_event, index) => index + 1),
    ),
    ...unlike(
      "twice",
      ids.filter((id, index) => ids.indexOf(id) !== index),
      [],
    ),
    ...unlike(
      "odd kinds",
      events.filter(({ kind }) => !allowed.has(kind)).map(({ title }) => title),
      [],
    ),
    // A bridge that nobody joins is given up in words, two days later.
    ...of(events, "note")
      .slice(truth.sessions.length === 0 ? 1 : 0)
      .map(({ title }) => `a note: ${title}`),
    ...unlike("sessions", of(events, "meeting.started").length, truth.sessions.length),
    ...(events.length > 14 + 10 * truth.sessions.length ? [`${events.length} events`] : []),
    ...truth.sessions.flatMap((session) =>
      wrongSession({ session, play, readyMs, deliveries, said: (kind) => of(events, kind, session.uuid) }),
    ),
  ];
};

/** All that is wrong with what was told of a meeting, once everything about it has been told. */
export const wrongAtLast = async (api: HttpClient, control: Control, play: Play): Promise<string[]> => {
  const { incidentId, meetingId, stage, trouble } = play;
  const { events } = await api.timeline(incidentId, { limit: 1000 });
  const truth = await truthOf(control, meetingId, stage);
  const { meetings } = await api.incident(incidentId);
  const { webhooks } = await control<{ webhooks: { deliveries: Delivery[] } }>("/state");
  const deliveries = webhooks.deliveries.filter((each) => each.meeting_id === Number(meetingId));
  const wrong = [
    ...wrongIn(events, truth, play, deliveries, Date.parse(meetings[0]?.created_at ?? "")),
    ...unlike(
      "how it stands",
      meetings.map(({ state, ended_sessions }) => [state, ended_sessions]),
      [[truth.sessions.length > 0 ? "ended" : "waiting", truth.sessions.length]],
    ),
  ];
  return wrong.map((each) => `${incidentId} (${trouble}): ${each}`);
};
