import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "@jest/globals";
import type { ZoomClient } from "../../zoom/client.ts";
import type { TimelineKind } from "../../domain/timeline.ts";
import { deleteMeeting } from "../../zoom/meetings.ts";
import { people } from "./story.ts";
import type { Stage } from "./wholeLives.ts";
import { meetingOf, waitsAt } from "./wholeLives.ts";

type World = Stage & { administrator: ZoomClient; incident: string; run: string };

type Told = { step: string; kind: TimelineKind; data?: object; says: RegExp[] };

/** What is wrong with a run's input, and what becomes of the run. */
export type BadInput = {
  key: string;
  what: string;
  ending: string;
  steps: string;
  inputs?: string[];
  /** What happens in Zoom meanwhile. */
  play?: (world: World) => Promise<void>;
  state: "completed" | "failed" | "parked";
  told: Told[];
  mend?: {
    first?: (world: World) => Promise<unknown>;
    command: "retry" | "skip";
    isTrue?: (world: World) => Promise<void>;
  };
};

/** The incident's title and summary, as a careless platform sends them. */
export const tooLong = { title: "x".repeat(201), summary: "y".repeat(2001) };

export const badRunbook = ({ key, steps }: Pick<BadInput, "key" | "steps">): string => `
key: ${key}
title: ${key}
inputs: { number: { type: integer, default: 1 }, text: { type: string, default: "" } }
steps:${steps}
  - { id: after, action: timeline.add_event, input: { title: It went on } }
`;

const invalid = (field: string) => ({ code: "invalid_input", field });

/** A meeting of its own: the incident's bridge is not what these are about. */
const meeting = (topic: string) => `
  - { id: made, action: zoom.create_meeting, input: { topic: ${topic}, purpose: other } }`;

const ofMade = `meeting_id: "{{runbook.outputs.made.meeting_id}}"`;

export const badInputs: BadInput[] = [
  {
    key: "no-email",
    what: "A responder without an email",
    ending: "named each time, the others are served, the run goes on",
    steps: `${meeting("people")}
  - { id: add, action: zoom.add_participants, input: { ${ofMade}, people: "{{incident.responders}}" } }
  - { id: host, action: zoom.set_alternative_hosts, input: { ${ofMade}, people: "{{incident.responders}}" } }
  - { id: mail, action: notify.email, input: { to: "{{incident.responders}}", body: Hello } }
  - { id: nobody, action: notify.email, input: { to: [{ name: Dee Park }], body: Hello } }`,
    state: "completed",
    told: [
      { step: "add", kind: "participants.added", says: [/^Added 2 invitees/, /Without an email.*Dee Park/] },
      { step: "host", kind: "participants.added", says: [/Dee Park has no email/] },
      { step: "mail", kind: "notification.sent", says: [/to 2 of 3 people/, /Without an address: Dee Park/] },
      { step: "nobody", kind: "notification.sent", says: [/to nobody/, /Dee Park/] },
    ],
  },
  {
    key: "no-licence",
    what: "An unlicensed host",
    ending: "parks; with a licence and a retry it ends",
    steps: `
  - { id: made, action: zoom.create_meeting, input: { topic: licence, host: lapsed@example.com, purpose: other } }`,
    state: "parked",
    told: [
      {
        step: "made",
        kind: "runbook.parked",
        data: { code: "host_unavailable", field: "host" },
        says: [/lapsed@example\.com/, /Give the host a licence.*retry/],
      },
    ],
    mend: {
      first: ({ zoom }) => zoom.settings({ users: [{ email: "lapsed@example.com", type: 2 }] }),
      command: "retry",
      isTrue: async (world) =>
        expect(await meetingOf(world, world.run, "made")).toMatchObject({ host_email: "lapsed@example.com" }),
    },
  },
  {
    key: "deleted-by-hand",
    what: "A meeting deleted by hand in Zoom while a run waits on it",
    ending: "the wait ends, its meeting's steps fail as their policies say, and the run parks on the last",
    steps: `${meeting("by hand")}
  - { id: live, wait: { for: meeting.started, ${ofMade}, timeout: 5m, on_timeout: stop } }
  - { id: add, action: zoom.add_participants, input: { ${ofMade}, people: [ana@example.com] } }
  - { id: recorded, action: zoom.get_recordings, input: { ${ofMade} } }
  - { id: end, action: zoom.end_meeting, input: { ${ofMade} } }`,
    play: async (world) => {
      await waitsAt(world, world.run, "live");
      const { id } = await meetingOf(world, world.run, "made");
      await deleteMeeting(world.administrator, String(id), {});
    },
    state: "parked",
    told: [
      {
        step: "add",
        kind: "step.failed",
        data: { code: "not_found" },
        says: [/was deleted/, /The run goes on without it/],
      },
      { step: "recorded", kind: "recording.none", says: [/the meeting was deleted before anybody came/] },
      {
        step: "end",
        kind: "runbook.parked",
        data: { code: "not_found", field: "meeting_id" },
        says: [/no call to end: skip the step/],
      },
    ],
    mend: {
      command: "skip",
      isTrue: async ({ api, incident, run }) => {
        const { events } = await api.timeline(incident, { limit: 1000 });
        expect(
          events.filter(({ kind, title }) => kind === "meeting.deleted" && title.startsWith("by hand")),
        ).toHaveLength(1);
        expect(events.find(({ id }) => id.startsWith(`${run}/end/runbook.resumed`))?.title).toMatch(
          /chose to skip/,
        );
      },
    },
  },
  {
    key: "ended-already",
    what: "An ended meeting asked to end",
    ending: "there is nothing to end, the run goes on",
    steps: `${meeting("ended")}
  - { id: over, wait: { for: meeting.ended, ${ofMade}, timeout: 5m, on_timeout: stop } }
  - { id: end, action: zoom.end_meeting, input: { ${ofMade} } }`,
    play: async (world) => {
      await waitsAt(world, world.run, "over");
      const id = String((await meetingOf(world, world.run, "made")).id);
      await world.zoom.join(id, people.ana);
      await sleep(1100);
      await world.zoom.end(id);
    },
    state: "completed",
    told: [
      {
        step: "end",
        kind: "step.completed",
        data: { was_live: false },
        says: [/^Nothing to end: meeting \d+ is not live/],
      },
    ],
  },
  {
    key: "long-topic",
    what: "A topic over 200 characters",
    ending: "parks; with a shorter title and a retry it ends",
    steps: `
  - { id: made, action: zoom.create_meeting, input: { topic: "{{incident.title}}", purpose: other } }`,
    state: "parked",
    told: [
      {
        step: "made",
        kind: "runbook.parked",
        data: invalid("topic"),
        says: [/topic is too long: at most 200 characters/, /Correct the named field/],
      },
    ],
    mend: {
      first: ({ cli, incident }) => cli.done("incident", "update", incident, "--title", "Shorter"),
      command: "retry",
      isTrue: async (world) =>
        expect(await meetingOf(world, world.run, "made")).toMatchObject({ topic: "Shorter" }),
    },
  },
  {
    key: "long-agenda",
    what: "An agenda over 2,000 characters",
    ending: "fails, and the run goes on, since the step says so",
    steps: `
  - id: made
    action: zoom.create_meeting
    on_failure: continue
    input: { topic: agenda, agenda: "{{incident.summary}}", purpose: other }
  - { id: add, action: zoom.add_participants, input: { ${ofMade}, people: [ana@example.com] } }`,
    state: "completed",
    told: [
      {
        step: "made",
        kind: "step.failed",
        data: invalid("agenda"),
        says: [/agenda is too long: at most 1970 characters/, /The run goes on without it/],
      },
      {
        step: "add",
        kind: "step.failed",
        data: { code: "invalid_input" },
        says: [/has no value here: step "made" failed, was skipped/],
      },
    ],
  },
  {
    key: "start-in-the-past",
    what: "A start in the past",
    ending: "the run stops, since the step says so",
    steps: `
  - id: made
    action: zoom.create_meeting
    on_failure: stop
    input: { topic: past, start_time: "{{runbook.inputs.text}}", purpose: other }`,
    inputs: ["text=2020-01-01T09:00:00Z"],
    state: "failed",
    told: [
      {
        step: "made",
        kind: "step.failed",
        data: invalid("start_time"),
        says: [/2020-01-01T09:00/, /Give a time to come/, /The run stops here/],
      },
    ],
  },
  {
    key: "moved-into-the-past",
    what: "A start moved into the past",
    ending: "parks; skipped, the meeting stays where it was",
    steps: `${meeting("stays")}
  - { id: move, action: zoom.update_meeting, input: { ${ofMade}, start_time: "{{runbook.inputs.text}}" } }`,
    inputs: ["text=2020-01-01T09:00:00Z"],
    state: "parked",
    told: [
      {
        step: "move",
        kind: "runbook.parked",
        data: invalid("start_time"),
        says: [/2020-01-01T09:00/, /Give a time to come/],
      },
    ],
    mend: { command: "skip" },
  },
  {
    key: "too-far-apart",
    what: "A recurrence further apart than Zoom takes",
    ending: "parks; skipped, it goes on",
    steps: `
  - id: made
    action: zoom.schedule_recurring_meeting
    input: { topic: weeks, repeat: weekly, weekly_days: [monday], repeat_interval: "{{runbook.inputs.number}}" }`,
    inputs: ["number=51"],
    state: "parked",
    told: [
      {
        step: "made",
        kind: "runbook.parked",
        data: invalid("repeat_interval"),
        says: [/at most 99 days, 50 weeks or 10 months/],
      },
    ],
    mend: { command: "skip" },
  },
  {
    key: "too-often",
    what: "A recurrence of more dates than Zoom takes",
    ending: "fails, and the run goes on, since the step says so",
    steps: `
  - id: made
    action: zoom.schedule_recurring_meeting
    on_failure: continue
    input: { topic: days, repeat: daily, end_times: "{{runbook.inputs.number}}" }`,
    inputs: ["number=61"],
    state: "completed",
    told: [
      {
        step: "made",
        kind: "step.failed",
        data: invalid("end_times"),
        says: [/end_times is too large: at most 60/],
      },
    ],
  },
  {
    key: "unknown-host",
    what: "An address that Zoom does not know, as host",
    ending: "parks; when Zoom knows it and the step is retried, it ends",
    steps: `
  - { id: made, action: zoom.create_meeting, input: { topic: new, host: new@example.com, purpose: other } }`,
    state: "parked",
    told: [
      {
        step: "made",
        kind: "runbook.parked",
        data: { code: "not_found", field: "host" },
        says: [/no user new@example\.com: name a licensed user/],
      },
    ],
    mend: {
      first: ({ zoom }) => zoom.settings({ users: [{ email: "new@example.com", type: 2 }] }),
      command: "retry",
      isTrue: async (world) =>
        expect(await meetingOf(world, world.run, "made")).toMatchObject({ host_email: "new@example.com" }),
    },
  },
  {
    key: "unknown-people",
    what: "Addresses that Zoom does not know, as guests, hosts and callees",
    ending: "named each time, the run goes on",
    steps: `
  - id: made
    action: zoom.create_meeting
    input: { topic: strangers, purpose: other, alternative_hosts: [stranger@example.org], invitees: [stranger@example.org] }
  - { id: host, action: zoom.set_alternative_hosts, input: { ${ofMade}, people: [stranger@example.org] } }
  - { id: call, action: zoom.invite_to_live_meeting, input: { ${ofMade}, people: [stranger@example.org] } }`,
    state: "completed",
    told: [
      {
        step: "made",
        kind: "meeting.scheduled",
        says: [/Made without stranger@example\.org \(not a user of the Zoom account\)/],
      },
      {
        step: "host",
        kind: "participants.added",
        says: [/stranger@example\.org is not a user of the Zoom account/],
      },
      {
        step: "call",
        kind: "participants.invited",
        says: [/^Nobody could be called/, /No user of the host's Zoom account, so not called: stranger/],
      },
    ],
  },
  {
    key: "unknown-meeting",
    what: "A meeting that Zoom does not know",
    ending: "fails at once, and the run goes on",
    steps: `
  - { id: facts, action: zoom.get_meeting, input: { meeting_id: "99999999999" } }
  - { id: recorded, action: zoom.get_recordings, input: { meeting_id: "99999999999" } }`,
    state: "completed",
    told: ["facts", "recorded"].map((step) => ({
      step,
      kind: "step.failed",
      data: { code: "not_found" },
      says: [/99999999999/, /check the id, or skip/],
    })),
  },
];
