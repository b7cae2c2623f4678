import type { DeclarationInput } from "../../client/http.ts";
import { setTimeout as sleep } from "node:timers/promises";
import type { Execution } from "../../domain/plan.ts";
import type { RecordedEvent, TimelineKind } from "../../domain/timeline.ts";
import type { Patience } from "../support/until.ts";
import { until } from "../support/until.ts";
import type { Topology } from "./support.ts";
import type { SimulatedMeeting } from "./zoom.ts";

/** What one incident needs of a topology. */
type World = Pick<Topology, "api" | "zoom">;

export const people = {
  ana: { name: "Ana Ruiz", email: "ana@example.com" },
  bo: { name: "Bo Lind", email: "bo@example.com" },
  cy: { name: "Cy Okafor", email: "cy@example.com" },
};

/** How long simulated calls last: Zoom counts whole seconds. */
const callMs = 1100;

/** How long Zoom processes recordings here: longer than a run takes to recover, and the story skips it. */
export const recordingDelayMs = 50_000;

let declared = 0;

/** An incident that was declared, and what people and tests do with it. */
export type Incident = Awaited<ReturnType<typeof declare>>;

/** Declares an incident of severity SEV1, which starts `incident-bridge`. */
export const declare = async (world: World, more: Partial<DeclarationInput> = {}) => {
  declared += 1;
  const id = `${process.pid}-${Date.now().toString(36)}-${declared}`;
  const shortId = `INC-${id}`;
  await world.api.declareIncident({
    id,
    short_id: shortId,
    title: "Checkout is down",
    severity: "SEV1",
    service: "checkout",
    environment: "production",
    summary: "Payments fail with HTTP 502.",
    owner: people.ana,
    responders: [people.bo, people.cy],
    ...more,
  });
  return incidentOf(world, id, shortId);
};

const incidentOf = (world: World, id: string, shortId: string) => {
  const { api, zoom } = world;
  const timeline = async (): Promise<RecordedEvent[]> => (await api.timeline(id, { limit: 200 })).events;

  const hear = (kind: TimelineKind, { nth = 1, ...patience }: Patience & { nth?: number } = {}) =>
    until(
      `"${kind}" number ${nth} on the timeline of ${shortId}`,
      async () => (await timeline()).filter((event) => event.kind === kind)[nth - 1],
      // Each look is a request, and the gateway grants one address 600 a minute.
      { everyMs: 250, withinMs: 40_000, instead: async () => kindsOf(await timeline()), ...patience },
    );

  const execution = async (): Promise<Execution> =>
    (await api.execution(`runbook-${id}-incident-bridge-1`)).execution;

  return {
    id,
    shortId,
    executionId: `runbook-${id}-incident-bridge-1`,
    timeline,
    hear,
    execution,
    /** The state that the run's step is in. */
    stepState: async (step: string) => (await execution()).steps.find((each) => each.id === step)?.state,
    /** Meetings that Zoom has for it, also those that were deleted. */
    meetings: (): Promise<SimulatedMeeting[]> => zoom.meetingsOf(shortId),
    meetingId: async (): Promise<string> => {
      const [meeting] = await zoom.meetingsOf(shortId);
      if (!meeting) throw new Error(`Zoom has no meeting for ${shortId}`);
      return String(meeting.id);
    },
  };
};

/** Two of the three people who are expected join, talk and leave. */
export const holdCall = async ({ zoom }: Pick<World, "zoom">, incident: Incident): Promise<void> => {
  const meetingId = await incident.meetingId();
  await zoom.join(meetingId, people.ana);
  await zoom.join(meetingId, people.bo);
  await sleep(callMs);
  await zoom.end(meetingId);
};

/** Plays what is left of the story once the bridge is there: the call, its attendance, its recording. */
export const playToTheEnd = async (world: World, incident: Incident): Promise<void> => {
  await incident.hear("runbook.waiting");
  await holdCall(world, incident);
  await incident.hear("attendance.ready");
  await recordingIsAwaited(incident);
  await world.zoom.advance(recordingDelayMs);
  await incident.hear("runbook.completed");
};

/** The run waits for its recording now, which the second such line says. */
export const recordingIsAwaited = (incident: Incident) => incident.hear("runbook.waiting", { nth: 2 });

export const kindsOf = (events: readonly RecordedEvent[]): TimelineKind[] => events.map(({ kind }) => kind);

/** The timeline of `incident-bridge` played by `playToTheEnd`, in its order. */
export const wholeStory: readonly TimelineKind[] = [
  "incident.declared",
  "runbook.started",
  "bridge.ready",
  "step.completed",
  "participants.added",
  "runbook.waiting",
  "meeting.started",
  "meeting.first_responder",
  "recording.started",
  "recording.stopped",
  "meeting.ended",
  "attendance.ready",
  "runbook.waiting",
  "recording.ready",
  "runbook.completed",
];

/** What is wrong with a timeline: numbers without gaps, no event twice, exactly these kinds whatever their order. */
export const flaws = (
  events: readonly RecordedEvent[],
  expected: readonly TimelineKind[],
  { ignoring = [] }: { ignoring?: readonly TimelineKind[] } = {},
): string[] => {
  const numbers = events.map(({ seq }) => seq);
  const isGapless = numbers.every((seq, index) => seq === index + 1);
  const ids = events.map(({ id }) => id);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  const kinds = kindsOf(events);
  const wrong = [...new Set([...kinds, ...expected])].filter(
    (kind) => !ignoring.includes(kind) && times(kind, kinds) !== times(kind, expected),
  );
  return [
    ...(isGapless ? [] : [`it is numbered ${numbers.join(" ")}`]),
    ...twice.map((id) => `${id} is there twice`),
    ...wrong.map((kind) => `${kind} is there ${times(kind, kinds)} times, not ${times(kind, expected)}`),
  ];
};

const times = (kind: TimelineKind, kinds: readonly TimelineKind[]): number =>
  kinds.filter((each) => each === kind).length;
