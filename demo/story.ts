import type { HttpClient } from "../client/http.ts";
import type { RecordedEvent, TimelineKind } from "../domain/timeline.ts";

/** The simulator's controls, as far as the story needs them. */
export type Control = (path: string, body: object) => Promise<unknown>;

export const controlOf =
  (simulatorUrl: string): Control =>
  async (path, body) => {
    const answer = await fetch(`${simulatorUrl}/_sim${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`The simulator refused ${path}: ${await answer.text()}`);
    return answer.json();
  };

export const incident = {
  id: "inc-42",
  short_id: "INC-42",
  title: "Checkout is down",
  severity: "SEV1",
  service: "checkout",
  environment: "production",
  summary: "Payments fail with HTTP 502 since 02:58 UTC.",
  owner: { name: "Ana Ruiz", email: "ana@example.com" },
  responders: [
    { name: "Bo Lind", email: "bo@example.com" },
    { name: "Cy Okafor", email: "cy@example.com" },
    { name: "Dee Park", phone: "+1 555 0100" },
  ],
};

const people = [incident.owner, incident.responders[0], incident.responders[1]].map((person) => ({
  name: person?.name ?? "",
  email: person?.email ?? "",
}));

/** What must be on the timeline in the end, each once and in this order. */
const expected: readonly TimelineKind[] = [
  "incident.declared",
  "runbook.started",
  "bridge.ready",
  "step.completed",
  "participants.added",
  "runbook.waiting",
  "meeting.started",
  "meeting.first_responder",
  "recording.started",
  "incident.resolved",
  "runbook.started",
  "meeting.scheduled",
  "runbook.completed",
  "note",
  "recording.stopped",
  "meeting.ended",
  "attendance.ready",
  "runbook.waiting",
  "recording.ready",
  "runbook.completed",
  "incident.reopened",
  "bridge.ready",
  "meeting.cancelled",
  "incident.resolved",
  "meeting.scheduled",
];

/** Comes with the recording, before or after the run has fetched that. */
const expectedSometime: TimelineKind = "transcript.ready";

export type Heard = {
  events: RecordedEvent[];
  /** Resolves with the nth event of a kind. */
  hear: (kind: TimelineKind, nth?: number) => Promise<RecordedEvent>;
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** People join and talk. */
const holdCall = async (control: Control, meeting: string, talkMs: number): Promise<void> => {
  for (const person of people) {
    await control(`${meeting}/join`, person);
    await pause(talkMs / 6);
  }
  // The call takes its minutes while we wait a moment. No more than these, or webhooks would come from a future
  // that the gateway takes for forged.
  await control("/clock", { advanceMs: 3 * 60_000 });
  await pause(talkMs / 2);
};

/** All but one leave; whoever forgets to hang up has the call ended for them. */
const sayGoodbye = async (control: Control, meeting: string): Promise<void> => {
  for (const { email } of people.slice(1)) await control(`${meeting}/leave`, { email });
};

/** Zoom takes about twice the length of a call to process its recording; here it is skipped. */
const processRecording = (control: Control): Promise<unknown> => control("/clock", { advanceMs: 60_000 });

/** Reopened and resolved again: the review is called off, and scheduled for the new resolution. */
const changeItsMind = async (api: HttpClient, incidentId: string, hear: Heard["hear"]): Promise<void> => {
  await api.changeIncident(incidentId, { status: "investigating" });
  await hear("meeting.cancelled");
  await api.changeIncident(incidentId, { status: "resolved" });
  await hear("meeting.scheduled", 2);
};

/** Plays one incident from its declaration to the review that follows it. */
export const play = async (
  api: HttpClient,
  control: Control,
  incidentId: string,
  { hear }: Heard,
  talkMs: number,
): Promise<void> => {
  const ready = await hear("bridge.ready");
  const meeting = `/meetings/${String(ready.data?.["meeting_id"])}`;
  await hear("runbook.waiting");
  await holdCall(control, meeting, talkMs);
  await hear("recording.started");
  await api.changeIncident(incidentId, { status: "resolved" });
  await hear("runbook.completed");
  await sayGoodbye(control, meeting);
  await hear("meeting.ended");
  await hear("attendance.ready");
  await hear("runbook.waiting", 2);
  await processRecording(control);
  await hear("recording.ready");
  await hear(expectedSometime);
  await hear("runbook.completed", 2);
  await changeItsMind(api, incidentId, hear);
};

/** What is wrong with a timeline: each expected event once, in order, and nothing else. */
export const shortcomings = (events: readonly RecordedEvent[]): string[] => {
  const kinds = events.map(({ kind }) => kind).filter((kind) => kind !== expectedSometime);
  const gaps = events.flatMap(({ seq }, index) =>
    seq === index + 1 ? [] : [`event ${index + 1} has number ${seq}`],
  );
  const ids = new Set(events.map(({ id }) => id));
  const doubles = ids.size === events.length ? [] : [`${events.length - ids.size} events are there twice`];
  const wanted = JSON.stringify(expected);
  const order =
    JSON.stringify(kinds) === wanted
      ? []
      : [`expected ${expected.join(", ")}\n  but heard ${kinds.join(", ")}`];
  const isToldOnce = events.filter(({ kind }) => kind === expectedSometime).length === 1;
  return [...gaps, ...doubles, ...order, ...(isToldOnce ? [] : [`${expectedSometime} is not there once`])];
};
