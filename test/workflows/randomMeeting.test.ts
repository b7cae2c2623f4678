import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "@jest/globals";
import type { IncidentDetail } from "../../client/api.ts";
import { durationText } from "../../domain/duration.ts";
import type { RecordedEvent, TimelineKind } from "../../domain/timeline.ts";
import type { Known } from "../support/randomMeeting/expected.ts";
import { arrivalsOf, attendanceOf, callNow } from "../support/randomMeeting/expected.ts";
import type { Stage } from "../support/randomMeeting/play.ts";
import { openStage, perform, timed } from "../support/randomMeeting/play.ts";
import type { Act, Person, Script, Trouble } from "../support/randomMeeting/script.ts";
import { noTrouble, scriptOf } from "../support/randomMeeting/script.ts";
import type { SessionTruth, Truth } from "../support/randomMeeting/truth.ts";
import { truthOf } from "../support/randomMeeting/truth.ts";
import { seededRandom } from "../support/seededRandom.ts";
import { until } from "../support/until.ts";
import type { Product } from "./product.ts";
import { startProduct } from "./product.ts";

const seed = Number(process.env["RANDOM_MEETING_SEED"] ?? 20_261_124);
const count = Number(process.env["RANDOM_MEETINGS"] ?? 12);

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** After which Zoom tries once more to tell what it could not. */
const zoomTriesAgainMs = 5 * minuteMs;

/** What happens to the webhooks of one meeting after another. */
const troubles: Record<string, (own: Trouble) => Trouble> = {
  none: () => noTrouble,
  "all lost": () => ({ ...noTrouble, lost: 1 }),
  "all doubled": ({ seed: own }) => ({ ...noTrouble, seed: own, doubled: 1 }),
  "all shuffled": ({ seed: own }) => ({ ...noTrouble, seed: own, late: 1, lateSeconds: 3600 }),
  mixed: (own) => own,
  "mixed again": (own) => ({ ...own, lost: 0.4, doubled: 0.3, late: 0.5, lateSeconds: 1800 }),
};

type Play = {
  trouble: string;
  script: Script;
  incidentId: string;
  meetingId: string;
  expected: Known[];
  stage: Stage;
  beginsAfterMs: number;
  /** From then on all webhooks have arrived, those too that found no gateway. */
  heardFromMs: number;
};

/** Most are expected. Somebody else's name may be anybody's, but one who is expected is told from all others. */
const expecting = (people: Person[], random: () => number): Person[] =>
  people.map((person) =>
    person.kind !== "phone" && random() < 0.7
      ? { ...person, expected: true, name: `Person ${person.key}` }
      : { ...person, expected: false },
  );

/** Some calls are as busy as others are long. */
const hurried = (acts: Act[], random: () => number): Act[] => {
  const factor = [1, 1, 0.1, 0.01][Math.floor(random() * 4)]!;
  return acts.map((act) => ({ ...act, afterSeconds: Math.round(act.afterSeconds * factor) }));
};

/** What an incident knows of somebody is not what Zoom shows of them. */
const knownAs = ({ kind, name, email = "" }: Person, random: () => number): Known => {
  const choices: Known[] = [
    { name, email },
    { name: name.toUpperCase(), email: email.toUpperCase() },
    kind === "internal" ? { name: `Nick ${name}`, email } : { name },
    { email },
  ];
  return choices[Math.floor(random() * choices.length)]!;
};

const declare = async ({ api, control, store }: Product, index: number): Promise<Play> => {
  const random = seededRandom(seed + index);
  const { people, acts, trouble: own } = scriptOf(seed + index);
  const [trouble, troubleOf] = Object.entries(troubles)[index % Object.keys(troubles).length]!;
  const script = { people: expecting(people, random), acts: hurried(acts, random), trouble: troubleOf(own) };
  const expected = script.people.filter((each) => each.expected).map((each) => knownAs(each, random));
  const incidentId = `random-${index}`;
  await api.declareIncident({
    id: incidentId,
    short_id: `INC-${index}`,
    title: "Checkout is down",
    severity: "SEV1",
    responders: expected,
  });
  const meetingId = await until("the bridge", async () => {
    const [meeting] = await store.meetings.listByIncident(incidentId);
    return meeting?.meeting.meeting_id;
  });
  const stage = await openStage(control, meetingId, script);
  const beginsAfterMs = Math.floor(random() * 30) * minuteMs;
  return { trouble, script, incidentId, meetingId, expected, stage, beginsAfterMs, heardFromMs: 0 };
};

/** Every act of every meeting, in the order in which they happen. */
const actsOf = (plays: readonly Play[]) =>
  plays
    .flatMap((play) =>
      timed(play.script).map(({ atMs, act }) => ({ play, act, atMs: play.beginsAfterMs + atMs })),
    )
    .toSorted((a, b) => a.atMs - b.atMs);

const call = ({ meetings: [meeting] }: IncidentDetail) => ({
  head_count: meeting?.head_count,
  present: meeting?.present.toSorted(),
  waiting_room: meeting?.waiting_room.toSorted(),
  missing: meeting?.missing.toSorted(),
});

/** All that is wrong with how a call is shown right now, where its webhooks have all arrived. */
const wrongNow = async ({ api }: Product, { incidentId, stage, expected }: Play): Promise<string[]> => {
  const [shown, ought] = [call(await api.incident(incidentId)), callNow(stage.inside, expected)];
  return JSON.stringify(shown) === JSON.stringify(ought)
    ? []
    : [`the call is shown as ${JSON.stringify(shown)}, not as ${JSON.stringify(ought)}`];
};

const arrivesAtOnce = ({ trouble }: Play): boolean => trouble === "none" || trouble === "all doubled";

/** Plays all meetings side by side, stopping gateway and worker in between. Answers what was shown wrongly meanwhile. */
const playAll = async (product: Product, plays: readonly Play[]): Promise<string[]> => {
  const random = seededRandom(seed);
  const wrong: string[] = [];
  const acts = actsOf(plays);
  let nowMs = 0;
  for (let next = 0; next < acts.length; next += 1) {
    const { play, act, atMs } = acts[next]!;
    await product.pass(atMs - nowMs);
    nowMs = atMs;
    const go = async () => {
      await perform(play.stage, act);
      await product.webhooksAreSent();
    };
    const isCutOff = random() < 0.03;
    if (isCutOff) await product.withoutGateway(go);
    else await go();
    if (isCutOff) play.heardFromMs = nowMs + zoomTriesAgainMs;
    if (arrivesAtOnce(play) && nowMs > play.heardFromMs)
      for (const each of await wrongNow(product, play))
        wrong.push(`${play.incidentId} (${play.trouble}) after ${JSON.stringify(act)}: ${each}`);
  }
  return wrong;
};

const of = (events: readonly RecordedEvent[], kind: TimelineKind, uuid?: string): RecordedEvent[] =>
  events.filter((event) => event.kind === kind && (uuid === undefined || event.id.includes(`/${uuid}/`)));

const unlike = (what: string, shown: unknown, ought: unknown): string[] =>
  isDeepStrictEqual(shown, ought)
    ? []
    : [`${what}:\n      is    ${JSON.stringify(shown)}\n      ought ${JSON.stringify(ought)}`];

const at = (ms: number | null): string => new Date(ms ?? 0).toISOString();

type Delivery = { event: string; uuid?: string; attempts: { at: string; status?: number }[] };

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
      delivery.attempts.some(({ status = 0, at: toldAt }) => status < 300 && status > 0 && toldAt < started.at),
  );

/** What is wrong with what the timeline says of one session. */
const wrongSession = (
  events: readonly RecordedEvent[],
  session: SessionTruth,
  play: Play,
  deliveries: readonly Delivery[],
): string[] => {
  const { uuid, startMs, endMs } = session;
  const { expected } = play;
  const [started, ...startedAgain] = of(events, "meeting.started", uuid);
  const [ended, ...endedAgain] = of(events, "meeting.ended", uuid);
  const [attendance, ...attendanceAgain] = of(events, "attendance.ready", uuid);
  const first = of(events, "meeting.first_responder", uuid);
  const all = of(events, "meeting.all_responders", uuid);
  const ought = attendanceOf(session, expected);
  const byName = (a: { first_join: string; name: string }, b: { first_join: string; name: string }) =>
    a.first_join.localeCompare(b.first_join) || a.name.localeCompare(b.name);
  const arrivals = arrivalsOf(session, expected).toSorted((a, b) => a.atMs - b.atMs);
  const isComplete = expected.length > 1 && arrivals.length === expected.length;
  const { attendees, missing } = (attendance?.data ?? {}) as { attendees?: never[]; missing?: string[] };
  const lastedMs = (endMs ?? 0) - startMs;
  return [
    ...unlike("starts, ends and attendances", [started, ended, attendance].map(Boolean), [true, true, true]),
    ...unlike("again", [...startedAgain, ...endedAgain, ...attendanceAgain].map(({ id }) => id), []),
    ...(started && isSeenLive(started, session, deliveries)
      ? []
      : unlike("its start", started?.at, at(startMs))),
    ...unlike("its end", ended?.at, at(endMs)),
    ...unlike("its minutes", ended?.data?.["minutes"], Math.round(lastedMs / minuteMs)),
    ...unlike(
      "minutes of the attendance",
      attendance?.title.replace(/.* of /, ""),
      `${Math.round(lastedMs / 6000) / 10} minutes`,
    ),
    ...unlike("attendees", (attendees ?? []).toSorted(byName), ought.attendees.toSorted(byName)),
    ...unlike("missing", missing?.toSorted(), ought.missing.toSorted()),
    ...unlike(
      "first responder",
      first.slice(-1).map((event) => [event.at, event.data?.["after"]]),
      arrivals.slice(0, 1).map(({ atMs }) => [at(atMs), durationText(atMs - startMs)]),
    ),
    ...(arrivals.some(({ name, atMs }) => atMs === arrivals[0]!.atMs && name === first.at(-1)?.data?.["person"])
      ? []
      : unlike("the first responder's name", first.at(-1)?.data?.["person"], arrivals[0]?.name)),
    ...(first.length > 1 ? [`first responders: ${first.map(({ title }) => title).join(", ")}`] : []),
    ...unlike(
      "all responders",
      all.slice(-1).map((event) => event.at),
      isComplete ? [at(arrivals.at(-1)!.atMs)] : [],
    ),
    ...["recording.ready", "transcript.ready"].flatMap((kind) =>
      unlike(kind, of(events, kind as TimelineKind, uuid).length, 1),
    ),
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
]);

const wrongIn = (
  events: readonly RecordedEvent[],
  truth: Truth,
  play: Play,
  deliveries: readonly Delivery[],
): string[] => {
  const ids = events.map(({ id }) => id);
  return [
    ...unlike(
      "its numbers",
      events.map(({ seq }) => seq),
      events.map((_event, index) => index + 1),
    ),
    ...unlike("twice", ids.filter((id, index) => ids.indexOf(id) !== index), []),
    ...unlike("odd kinds", events.filter(({ kind }) => !allowed.has(kind)).map(({ title }) => title), []),
    ...unlike("sessions", of(events, "meeting.started").length, truth.sessions.length),
    ...(events.length > 14 + 10 * truth.sessions.length ? [`${events.length} events`] : []),
    ...truth.sessions.flatMap((session) => wrongSession(events, session, play, deliveries)),
  ];
};

const wrongAtLast = async (product: Product, play: Play): Promise<string[]> => {
  const { incidentId, meetingId, stage, trouble } = play;
  const { events } = await product.api.timeline(incidentId, { limit: 1000 });
  const truth = await truthOf(product.control, meetingId, stage);
  const { meetings } = await product.api.incident(incidentId);
  const { webhooks } = await product.control<{ webhooks: { deliveries: Delivery[] } }>("/state");
  if (process.env["SHOW"]) {
    const mine = (webhooks.deliveries as any).filter((d: any) => d.meeting_id === Number(meetingId));
    process.stderr.write(`\n== ${incidentId} ${trouble} ${JSON.stringify(play.script.trouble)} expected ${JSON.stringify(play.expected)}\n`);
    for (const s of truth.sessions) process.stderr.write(`truth ${s.uuid} ${at(s.startMs)} ${at(s.endMs)} ${s.people.map((p) => `${p.person.key}@${at(p.firstJoinMs).slice(11, 19)}`).join(" ")}\n`);
    for (const e of events) process.stderr.write(`  ${e.seq} ${e.at} ${e.kind} ${e.title}\n`);
    for (const d of mine) process.stderr.write(`  ~ ${d.event} ${d.state} ${d.attempts.map((a: any) => `${a.at.slice(11, 19)}:${a.status ?? a.error}`).join(" ")}\n`);
  }
  const wrong = [
    ...wrongIn(events, truth, play, webhooks.deliveries),
    ...unlike(
      "how it stands",
      meetings.map(({ state, ended_sessions }) => [state, ended_sessions]),
      [[truth.sessions.length > 0 ? "ended" : "waiting", truth.sessions.length]],
    ),
  ];
  return wrong.map((each) => `${incidentId} (${trouble}): ${each}`);
};

describe("Random meetings, whose webhooks are lost, doubled and late", () => {
  test(`are told as they were (RANDOM_MEETING_SEED=${seed})`, async () => {
    const hosts = Array.from({ length: count }, (_, index) => `bridge${index}@example.com`);
    await using product = await startProduct("random meetings", { hosts });
    const plays: Play[] = [];
    for (let index = 0; index < count; index += 1) plays.push(await declare(product, index));
    const wrong = await playAll(product, plays);
    await product.pass(3 * hourMs);
    await product.pass(48 * hourMs, 48 * hourMs);
    for (const play of plays) wrong.push(...(await wrongAtLast(product, play)));
    expect(wrong.join("\n")).toBe("");
  }, 600_000);
});
