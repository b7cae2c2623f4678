import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Worker } from "@temporalio/worker";
import { createActivities } from "../../activities/index.ts";
import type { Incident } from "../../domain/incident.ts";
import { declaredIncident } from "../../domain/incident.ts";
import type { MeetingEvent } from "../../domain/meetingLife.ts";
import { isMovement } from "../../domain/meetingLife.ts";
import { lifeChange } from "../../domain/milestones.ts";
import type { MeetingFollow } from "../../domain/plan.ts";
import type { TimelineKind } from "../../domain/timeline.ts";
import { recordHistory } from "../replay/histories.ts";
import { startSimulator } from "../support/simulator.ts";
import type { Store } from "../../store/index.ts";
import { openStore } from "../../store/index.ts";
import { serverToServerAccount } from "../../worker/zoomAccount.ts";
import { createMeeting, deleteMeeting, getMeeting } from "../../zoom/meetings.ts";
import { taskQueueFor, timeSkippingEnvironment, workflowBundle } from "../support/temporal.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

let store: Store;
beforeAll(async () => {
  store = await openStore({});
});
afterAll(() => store.close());

type Options = {
  follow?: MeetingFollow;
  incident?: Partial<Incident>;
  settings?: object;
  autoRecording?: "cloud" | "none";
};

type Told = MeetingEvent extends infer Event
  ? Event extends MeetingEvent
    ? Omit<Event, "atMs">
    : never
  : never;

/**
 * A meeting of the simulator, followed by the real workflow and activities, on a clock that skips hours. No webhook
 * ever tells of it, unless a test says so.
 */
const startFollowing = async (title: string, options: Options = {}) => {
  const { follow = {}, incident = {}, settings = {}, autoRecording = "cloud" } = options;
  const environment = await timeSkippingEnvironment();
  const simulator = await startSimulator();
  const taskQueue = taskQueueFor(title);
  const zoom = serverToServerAccount({
    apiUrl: `${simulator.url}/v2`,
    oauthUrl: `${simulator.url}/oauth`,
    accountId: "sim-account",
    clientId: "sim-client",
    clientSecret: "sim-secret",
    hosts: ["host1@example.com"],
  });
  const control = async (path: string, body: object): Promise<void> => {
    const answer = await fetch(`${simulator.url}/_sim${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
  };

  /** Zoom's clock follows Temporal's, and ours with it. */
  let nowMs = Date.now();
  const keepTime = async (): Promise<void> => {
    const laterMs = (await environment.currentTimeMs()) - nowMs;
    if (laterMs <= 0) return;
    nowMs += laterMs;
    await control("/clock", { advanceMs: laterMs });
  };
  let looks = 0;
  // The database has a clock of its own, which nothing skips.
  let heardMs: number | null = null;
  const heard = { ...store, meetings: { ...store.meetings, heardAtMs: async () => heardMs } };
  const real = createActivities({ store: heard, zoom, nowMs: () => nowMs });
  const activities = Object.fromEntries(
    Object.entries(real).map(([name, activity]) => [
      name,
      async (request: never) => {
        await keepTime();
        if (name === "watchMeeting") looks += 1;
        return (activity as (given: never) => Promise<unknown>)(request);
      },
    ]),
  );

  const incidentId = title.replaceAll(/[^a-z]+/g, "-");
  await store.incidents.declare({
    ...declaredIncident(
      { title: "Checkout is down", severity: "1" },
      incidentId,
      new Date(nowMs).toISOString(),
    ),
    ...incident,
  });
  await control("/settings", settings);
  const { id: meetingId, joinUrl } = await createMeeting(zoom.client, "host1@example.com", {
    topic: "The bridge",
    settings: { auto_recording: autoRecording },
  });
  await store.meetings.save({
    meeting_id: meetingId,
    incident_id: incidentId,
    execution_id: "none",
    step: "bridge",
    purpose: "bridge",
    topic: "The bridge",
    join_url: joinUrl,
    host: "host1@example.com",
    marker: "none",
    created_at: new Date(nowMs).toISOString(),
    follow,
  });

  const worker = await Worker.create({
    connection: environment.nativeConnection,
    namespace: environment.namespace,
    taskQueue,
    workflowBundle,
    activities,
  });
  const running = worker.run();
  const workflowId = `meeting-${meetingId}`;
  const input = { meetingId, incidentId, topic: "The bridge" };
  const handle = await environment.client.workflow.start("meeting", { taskQueue, workflowId, args: [input] });

  /** What a webhook tells, as the gateway writes it and passes it on. */
  const zoomTells = async (told: Told): Promise<void> => {
    await keepTime();
    heardMs = nowMs;
    const event = { ...told, atMs: nowMs } as MeetingEvent;
    if (isMovement(event)) await store.meetings.addMovements(meetingId, [event]);
    await store.meetings.changeLife(
      meetingId,
      (before, { expected }) =>
        lifeChange(before, [event], { meetingId, topic: "The bridge", expected }, nowMs),
      { heard: true },
    );
    await handle.signal("zoom", event);
  };

  return {
    zoom: zoom.client,
    meetingId,
    handle,
    zoomTells,
    /** People come, and webhooks tell of them; answers the session. */
    live: async (people: { name: string; email: string }[]): Promise<string> => {
      for (const person of people) await control(`/meetings/${meetingId}/join`, person);
      const { uuid } = await getMeeting(zoom.client, meetingId);
      await zoomTells({ type: "started", uuid });
      for (const person of people)
        await zoomTells({ type: "joined", uuid, person: { key: person.email, ...person } });
      return uuid;
    },
    status: async () => (await getMeeting(zoom.client, meetingId)).status,
    control: async (path: string, body: object) => {
      await keepTime();
      await control(`/meetings/${meetingId}${path}`, body);
    },
    pass: (durationMs: number) => environment.sleep(durationMs),
    kinds: async (): Promise<TimelineKind[]> =>
      (await store.timeline.list(incidentId, { limit: 100 })).map(({ kind }) => kind),
    events: () => store.timeline.list(incidentId, { limit: 100 }),
    looks: () => looks,
    historyLength: async () => (await handle.describe()).historyLength,
    [Symbol.asyncDispose]: async () => {
      await recordHistory(environment.client, { workflowId, type: "meeting" }, title);
      worker.shutdown();
      await running;
      await simulator.close();
      await environment.close();
    },
  };
};

const ana = { name: "Ana Ruiz", email: "ana@example.com" };
const bo = { name: "Bo Lind", email: "bo@example.com" };

describe("a meeting whose webhooks are all lost", () => {
  test("tells its whole story all the same, and costs next to no history", async () => {
    await using followed = await startFollowing("all lost", { incident: { responders: [ana, bo] } });
    await followed.pass(10 * minuteMs);
    await followed.control("/join", ana);
    await followed.pass(2 * minuteMs);
    await followed.control("/join", { name: "A guest" });
    await followed.pass(30 * minuteMs);
    await followed.control("/end", {});
    await followed.handle.result();
    const events = await followed.events();
    const story = [
      "meeting.started",
      "meeting.ended",
      "meeting.first_responder",
      "attendance.ready",
    ] as const;
    const [started, ended, first, attendance] = story.map((kind) =>
      events.find((each) => each.kind === kind),
    );
    expect(events.map(({ kind }) => kind).toSorted()).toEqual(
      [...story, "recording.ready", "transcript.ready"].toSorted(),
    );
    const lastedMs = Date.parse(ended?.at ?? "") - Date.parse(started?.at ?? "");
    // Zoom tells when it really ended; when it began, a look may notice late.
    expect(lastedMs).toBeLessThanOrEqual(32 * minuteMs + 5000);
    expect(first?.title).toBe("First responder on the call: ana@example.com");
    expect(Date.parse(first?.at ?? "")).toBeLessThan(Date.parse(ended?.at ?? ""));
    expect(attendance?.title).toBe("2 people were on the call of 32 minutes");
    expect(attendance?.detail).toBe("Never there: bo@example.com.");
    expect(await followed.historyLength()).toBeLessThan(80);
  });

  test("is given up after two days when nobody ever joins, having cost few looks", async () => {
    await using followed = await startFollowing("never used");
    await followed.handle.result();
    expect(await followed.kinds()).toEqual([]);
    expect(followed.looks()).toBeLessThan(40);
    expect(await followed.historyLength()).toBeLessThan(30);
  });

  test("is noticed when somebody deletes it in Zoom", async () => {
    await using followed = await startFollowing("deleted by hand");
    await deleteMeeting(followed.zoom, followed.meetingId);
    await followed.handle.result();
    expect(await followed.kinds()).toEqual(["meeting.deleted"]);
  });

  test("tells each of its sessions when people come back", async () => {
    await using followed = await startFollowing("came back", { settings: { uuidStyle: "slash" } });
    for (let session = 0; session < 2; session += 1) {
      await followed.pass(5 * minuteMs);
      await followed.control("/join", ana);
      await followed.control("/join", bo);
      await followed.pass(20 * minuteMs);
      await followed.control("/end", {});
      await followed.pass(2 * hourMs);
    }
    await followed.handle.result();
    const kinds = await followed.kinds();
    for (const kind of ["meeting.started", "meeting.ended", "attendance.ready", "recording.ready"] as const)
      expect([kind, kinds.filter((each) => each === kind)]).toEqual([kind, [kind, kind]]);
  });

  test("tells of people who came back, though webhooks told of the call before", async () => {
    await using followed = await startFollowing("silent later");
    const uuid = await followed.live([ana, bo]);
    await followed.pass(20 * minuteMs);
    await followed.control("/end", {});
    await followed.zoomTells({ type: "ended", uuid });
    await followed.pass(8 * hourMs);
    for (const person of [ana, bo]) await followed.control("/join", person);
    await followed.pass(20 * minuteMs);
    await followed.control("/end", {});
    await followed.handle.result();
    const kinds = await followed.kinds();
    for (const kind of ["meeting.started", "meeting.ended", "attendance.ready", "recording.ready"] as const)
      expect([kind, kinds.filter((each) => each === kind)]).toEqual([kind, [kind, kind]]);
  });

  test("tells that nobody knows who it was, when one person was there, of whom Zoom lists nothing", async () => {
    await using followed = await startFollowing("alone", {
      settings: { listOnePersonMeetings: false },
      incident: { responders: [ana] },
    });
    await followed.control("/join", ana);
    await followed.pass(20 * minuteMs);
    await followed.control("/end", {});
    await followed.handle.result();
    const attendance = (await followed.events()).find(({ kind }) => kind === "attendance.ready");
    expect([attendance?.title, attendance?.detail]).toEqual([
      "Nobody knows who was on the call of 20 minutes",
      "Zoom lists nobody of a call that one person was on, and its webhooks did not tell who it was.",
    ]);
  });

  test("says why there is no recording", async () => {
    const settings = { plan: "free" };
    await using followed = await startFollowing("not recorded", { settings, autoRecording: "none" });
    await followed.control("/join", ana);
    await followed.control("/join", bo);
    await followed.pass(20 * minuteMs);
    await followed.control("/end", {});
    await followed.handle.result();
    const events = await followed.events();
    expect(events.at(-1)?.title).toBe("There is no recording: it was not recorded");
  });
});

describe("a live meeting", () => {
  test("says who is missing after some minutes, and who waits to be let in", async () => {
    await using followed = await startFollowing("missing", {
      follow: { missingAfterMs: 5 * minuteMs },
      incident: { responders: [ana, bo, { name: "Cy Okafor" }] },
    });
    await followed.zoomTells({ type: "started", uuid: "u" });
    await followed.zoomTells({ type: "joined", uuid: "u", person: { key: "1", ...ana } });
    await followed.zoomTells({ type: "waiting", uuid: "u", person: { key: "2", ...bo } });
    await followed.pass(6 * minuteMs);
    const events = await followed.events();
    expect(events.map(({ kind, title, detail = "" }) => [kind, title, detail]).slice(2)).toEqual([
      [
        "meeting.responders_missing",
        "Not on the call after 5 min: bo@example.com, Cy Okafor",
        "In the waiting room, let them in: bo@example.com.",
      ],
    ]);
  });

  test("is not said to miss anybody while nobody tells who is there", async () => {
    await using followed = await startFollowing("unheard", {
      follow: { missingAfterMs: 5 * minuteMs },
      incident: { responders: [ana] },
    });
    await followed.control("/join", ana);
    await followed.pass(30 * minuteMs);
    expect(await followed.kinds()).toEqual(["meeting.started"]);
  });

  test("tells who was on the call before while people talk again, though its end was lost", async () => {
    await using followed = await startFollowing("overtaken");
    await followed.live([ana, bo]);
    await followed.pass(10 * minuteMs);
    await followed.control("/end", {});
    const uuid = await followed.live([ana]);
    for (let minute = 0; minute < 30; minute += 1) {
      await followed.pass(minuteMs);
      await followed.zoomTells({
        type: "joined",
        uuid,
        person: { key: `${minute}`, name: `Guest ${minute}` },
      });
    }
    expect(await followed.kinds()).toContain("attendance.ready");
  });

  const ends = { endOnResolve: { afterMs: 10 * minuteMs, atMostMs: 2 * hourMs } };

  test("is ended some time after the incident was resolved, once nobody is left to talk to", async () => {
    await using followed = await startFollowing("ended", { follow: ends });
    const uuid = await followed.live([ana, bo]);
    await followed.handle.signal("incident", { isResolved: true });
    await followed.pass(30 * minuteMs);
    expect(await followed.status()).toBe("started");
    await followed.zoomTells({ type: "left", uuid, person: { key: bo.email, ...bo } });
    await followed.pass(20 * minuteMs);
    expect(await followed.status()).toBe("waiting");
    expect((await followed.events()).find(({ kind }) => kind === "note")?.title).toBe(
      "Ended the call: the incident is resolved and nobody is left to talk to",
    );
  });

  test("is ended at the bound while people go on talking, or nobody knows who is there", async () => {
    await using followed = await startFollowing("bound", { follow: ends });
    await followed.live([ana, bo]);
    await followed.handle.signal("incident", { isResolved: true });
    await followed.pass(hourMs);
    expect(await followed.status()).toBe("started");
    await followed.pass(hourMs + minuteMs);
    expect(await followed.status()).toBe("waiting");
  });

  test("goes on when the incident is opened again", async () => {
    await using followed = await startFollowing("reopened", { follow: ends });
    await followed.live([ana]);
    await followed.handle.signal("incident", { isResolved: true });
    await followed.pass(5 * minuteMs);
    await followed.handle.signal("incident", { isResolved: false });
    await followed.pass(3 * hourMs);
    expect(await followed.status()).toBe("started");
  });
});
