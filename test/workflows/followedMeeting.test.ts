import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Worker } from "@temporalio/worker";
import { createActivities } from "../../activities/index.ts";
import type { Incident, Person } from "../../domain/incident.ts";
import { declaredIncident } from "../../domain/incident.ts";
import type { MeetingEvent } from "../../domain/meetingLife.ts";
import { isMovement } from "../../domain/meetingLife.ts";
import { lifeChange } from "../../domain/milestones.ts";
import type { MeetingFollow } from "../../domain/plan.ts";
import type { TimelineKind } from "../../domain/timeline.ts";
import { recordHistory } from "../replay/histories.ts";
import { oneAccount } from "../support/oneAccount.ts";
import { openMemoryStore } from "../support/memoryStore.ts";
import { startSimulator } from "../support/simulator.ts";
import type { Store } from "../../store/index.ts";
import { serverToServerAccount } from "../../connectors/zoomAccount.ts";
import { createMeeting, deleteMeeting, getMeeting, updateMeeting } from "../../zoom/meetings.ts";
import { until } from "../support/until.ts";
import { listenToZoom } from "../support/zoomWebhooks.ts";
import { taskQueueFor, timeSkippingEnvironment, workflowBundle } from "../support/temporal.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

let store: Store;
beforeAll(async () => {
  store = await openMemoryStore();
});
afterAll(() => store.close());

type Options = {
  follow?: MeetingFollow;
  incident?: Partial<Incident>;
  settings?: object;
  /** How long its workflow's start is delayed, as that of a meeting that a run made. */
  firstLookAfterMs?: number;
  autoRecording?: "cloud" | "none";
  /** It takes place every week, so often. */
  weeks?: number;
  /** Zoom's own webhooks tell of it. */
  webhooks?: boolean;
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
  const { firstLookAfterMs, weeks, webhooks = false } = options;
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
  const control = async (path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(`${simulator.url}/_sim${path}`, {
      ...(body && { method: "POST", body: JSON.stringify(body) }),
      headers: { "content-type": "application/json" },
    });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return answer.json();
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
  const real = createActivities({ store: heard, zoom: oneAccount(zoom), nowMs: () => nowMs });
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
    ...(weeks && {
      type: 8,
      start_time: new Date(nowMs + minuteMs).toISOString().replace(/\.\d+/, ""),
      duration: 30,
      recurrence: { type: 2, end_times: weeks, weekly_days: String(new Date(nowMs).getUTCDay() + 1) },
    }),
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
  const delayed = firstLookAfterMs === undefined ? {} : { firstLookAfterMs };
  const handle = await environment.client.workflow.start("meeting", {
    taskQueue,
    workflowId,
    args: [{ meetingId, incidentId, topic: "The bridge", ...delayed }],
    ...(firstLookAfterMs !== undefined && { startDelay: firstLookAfterMs }),
  });

  const listening = webhooks ? await listenToZoom(store, (event) => handle.signal("zoom", event)) : undefined;
  if (listening) await control("/webhooks", listening.target);

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

  const change = async (fields: Partial<Incident>): Promise<void> => {
    const { incident: before } = (await store.incidents.get(incidentId))!;
    const updated_at = new Date(Math.max(nowMs, Date.parse(before.updated_at)) + 1).toISOString();
    await store.incidents.save({ ...before, ...fields, updated_at }, []);
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
    headCount: async () => (await store.incidents.get(incidentId))?.bridge?.head_count,
    settings: (changed: object) => control("/settings", changed),
    faults: (fault: object) => control("/faults", fault),
    /** Who was called in Zoom, and how it went. */
    calls: async (): Promise<string[]> => {
      const { calls } = (await control(`/meetings/${meetingId}/calls`)) as {
        calls: { callee: { email?: string; number?: string }; state: string }[];
      };
      return calls.map(({ callee, state }) => `${callee.number ?? callee.email} ${state}`);
    },
    change,
    /** As the incident's workflow has it: what changes is saved first. */
    resolve: async (status: Incident["status"] = "resolved"): Promise<void> => {
      await change({ status });
      await handle.signal("incident", { isResolved: status === "resolved" });
    },
    told: async (kind: TimelineKind) => {
      const find = async () =>
        (await store.timeline.list(incidentId, { limit: 100 })).find((each) => each.kind === kind);
      const { title, detail } = await until(kind, find);
      return [title, detail];
    },
    pass: (durationMs: number) => environment.sleep(durationMs),
    kinds: async (): Promise<TimelineKind[]> =>
      (await store.timeline.list(incidentId, { limit: 100 })).map(({ kind }) => kind),
    events: () => store.timeline.list(incidentId, { limit: 100 }),
    record: () => recordHistory(environment.client, { workflowId, type: "meeting" }, title),
    looks: () => looks,
    historyLength: async () => (await handle.describe()).historyLength,
    [Symbol.asyncDispose]: async () => {
      await recordHistory(environment.client, { workflowId, type: "meeting" }, title);
      worker.shutdown();
      await running;
      await listening?.close();
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
    // Zoom tells when it really ended; when it began, a look may notice late, and says so.
    expect(lastedMs).toBeLessThanOrEqual(32 * minuteMs + 5000);
    expect(first?.title).toMatch(/^First responder on the call after 10 min.*: Ana Ruiz$/);
    expect(Date.parse(first?.at ?? "")).toBeLessThan(Date.parse(ended?.at ?? ""));
    expect(started).toMatchObject({ detail: "Zoom was asked just now, and does not tell since when." });
    expect(attendance?.title).toBe("2 people were on the call of 32 minutes");
    expect(attendance?.detail).toBe("Never there: Bo Lind. Known by name alone: Ana Ruiz.");
    expect(await followed.historyLength()).toBeLessThan(80);
  });

  test("is looked at when its workflow's delayed start has come, at no timer's cost", async () => {
    await using followed = await startFollowing("delayed", { firstLookAfterMs: 2 * minuteMs });
    await followed.control("/join", ana);
    await followed.pass(minuteMs);
    expect(followed.looks()).toBe(0);
    await followed.pass(2 * minuteMs);
    await until("the first look", () => (followed.looks() > 0 ? true : undefined));
    expect(await followed.kinds()).toContain("meeting.started");
    const { events } = await followed.handle.fetchHistory();
    expect(events?.filter(({ timerStartedEventAttributes: timer }) => timer)).toEqual([]);
  });

  test("is given up after two days when nobody ever joins, having cost few looks", async () => {
    await using followed = await startFollowing("never used");
    await followed.handle.result();
    expect((await followed.events()).map(({ title }) => title)).toEqual([
      "Nobody joined The bridge within 2 d: it is followed no longer",
    ]);
    expect(followed.looks()).toBeLessThan(40);
    expect(await followed.historyLength()).toBeLessThan(30);
  });

  test("says whom its call lacks, though nobody ever joins and no call begins", async () => {
    await using followed = await startFollowing("nobody came", {
      follow: { missingAfterMs: 5 * minuteMs },
      incident: { responders: [ana, bo] },
    });
    await followed.pass(4 * minuteMs);
    expect(await followed.kinds()).toEqual([]);
    await followed.pass(2 * minuteMs);
    expect((await followed.events()).map(({ kind, title }) => [kind, title])).toEqual([
      ["meeting.responders_missing", "Nobody has joined The bridge after 5 min. Expected: Ana Ruiz, Bo Lind"],
    ]);
    await followed.control("/join", ana);
    await followed.pass(2 * hourMs);
    expect(await followed.kinds()).toEqual(["meeting.responders_missing", "meeting.started"]);
  });

  test("says once what an app lacks that may not look at meetings, and goes on when it may", async () => {
    await using followed = await startFollowing("no scope", {
      settings: { scopes: ["meeting:write:meeting:admin"] },
    });
    await followed.pass(2 * hourMs);
    const [note, ...others] = await followed.events();
    expect(others).toEqual([]);
    expect(note?.title).toBe("Zoom does not let us follow The bridge: The Zoom app lacks a scope");
    expect(note?.detail).toMatch(
      /meeting:read:meeting:admin.* Add one of the named scopes to the app in Zoom's Marketplace\. It is tried again by itself every 10 min\.$/,
    );
    await followed.settings({ scopes: ["meeting:write:meeting:admin", "meeting:read:meeting:admin"] });
    await followed.control("/join", ana);
    await followed.pass(2 * hourMs);
    expect(await followed.kinds()).toContain("meeting.started");
  });

  test("is noticed when somebody deletes it in Zoom", async () => {
    await using followed = await startFollowing("deleted by hand");
    await deleteMeeting(followed.zoom, followed.meetingId);
    await followed.handle.result();
    expect(await followed.kinds()).toEqual(["meeting.deleted"]);
  });

  test("tells who was there and what was recorded, though it was deleted right after the call", async () => {
    await using followed = await startFollowing("deleted after the call", {
      settings: { recordingDelayMs: 40 * minuteMs, attendanceDelayMs: 10 * minuteMs },
    });
    await followed.control("/join", ana);
    await followed.control("/join", bo);
    await followed.pass(20 * minuteMs);
    expect(await followed.kinds()).toEqual(["meeting.started"]);
    await followed.control("/end", {});
    await deleteMeeting(followed.zoom, followed.meetingId);
    await followed.handle.result();
    const kinds = await followed.kinds();
    for (const kind of ["meeting.ended", "meeting.deleted", "attendance.ready", "recording.ready"] as const)
      expect([kind, kinds.filter((each) => each === kind)]).toEqual([kind, [kind]]);
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

  test("tells of each week's call of a series", async () => {
    await using followed = await startFollowing("weekly", { weeks: 3 });
    for (let week = 0; week < 3; week += 1) {
      await followed.pass(5 * minuteMs);
      for (const person of [ana, bo]) await followed.control("/join", person);
      await followed.pass(20 * minuteMs);
      await followed.control("/end", {});
      if (week < 2) await followed.pass(7 * 24 * hourMs - 25 * minuteMs);
    }
    await followed.handle.result();
    const kinds = await followed.kinds();
    for (const kind of ["meeting.started", "meeting.ended", "attendance.ready", "recording.ready"] as const)
      expect([kind, kinds.filter((each) => each === kind).length]).toEqual([kind, 3]);
    expect(followed.looks()).toBeLessThan(250);
  });

  test("tells of the call of a meeting that was moved to another week", async () => {
    await using followed = await startFollowing("moved away");
    const start_time = new Date(Date.now() + 6 * 24 * hourMs).toISOString().replace(/\.\d+/, "");
    await updateMeeting(followed.zoom, followed.meetingId, { start_time });
    await followed.pass(6 * 24 * hourMs + 10 * minuteMs);
    for (const person of [ana, bo]) await followed.control("/join", person);
    await followed.pass(2 * hourMs);
    await followed.control("/end", {});
    await followed.handle.result();
    expect(await followed.kinds()).toEqual(
      expect.arrayContaining(["meeting.started", "meeting.ended", "attendance.ready", "recording.ready"]),
    );
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
      "Zoom lists nobody of it, and its webhooks did not tell who came.",
    ]);
  });

  test("tells each of its calls that Zoom cuts off after 40 minutes, since its host has no licence", async () => {
    await using followed = await startFollowing("basic host", {
      settings: { users: [{ email: "host1@example.com", licensed: false }] },
    });
    for (let n = 0; n < 2; n += 1) {
      for (const person of [ana, bo]) await followed.control("/join", person);
      await followed.pass(hourMs);
      expect(await followed.status()).toBe("waiting");
    }
    await followed.handle.result();
    const titles = (await followed.events()).map(({ title }) => title);
    const twice = (title: string) => titles.filter((each) => each === title).length === 2;
    expect(titles.filter((title) => !twice(title))).toEqual([]);
    expect(new Set(titles)).toEqual(
      new Set([
        "The bridge is live",
        "The bridge ended after 40 min",
        "2 people were on the call of 40 minutes",
        "There is no recording: the host's plan has no cloud recording",
      ]),
    );
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
    expect(events.find(({ kind }) => kind === "meeting.ended")).toMatchObject({
      title: "The bridge is over",
      detail: "Zoom was asked just now, and does not tell when it ended.",
    });
    expect(events.at(-1)?.title).toBe("There is no recording: it was not recorded");
  });
});

describe("a live meeting of which no webhook tells, in an account with a dashboard", () => {
  test("tells who is there and who is missing, and costs no history for who comes and goes", async () => {
    await using followed = await startFollowing("dashboard", {
      settings: { plan: "business", dashboard: true, uuidStyle: "slash" },
      follow: { missingAfterMs: 5 * minuteMs },
      incident: { responders: [ana, bo] },
    });
    await followed.control("/join", ana);
    await followed.control("/join", { name: "A guest" });
    await followed.pass(6 * minuteMs);
    expect((await followed.events()).map(({ title }) => title)).toEqual([
      "The bridge is live",
      expect.stringMatching(/^First responder on the call .*: Ana Ruiz$/),
      "Not on the call after 5 min: Bo Lind",
    ]);
    expect((await followed.events())[0]?.detail).toBeUndefined();
    expect(await followed.headCount()).toBe(2);

    const before = await followed.historyLength();
    for (let n = 0; n < 4; n += 1) {
      await followed.control("/join", { name: `Guest ${n}` });
      await followed.pass(30 * minuteMs);
      expect(await followed.headCount()).toBe(3);
      await followed.control("/leave", { name: `Guest ${n}` });
    }
    expect((await followed.historyLength()) - before).toBeLessThan(10);
  });

  test("is ended once nobody is left to talk to, whoever was there at the last look", async () => {
    await using followed = await startFollowing("dashboard ends", {
      settings: { plan: "business", dashboard: true },
      follow: { endOnResolve: { afterMs: 2 * minuteMs, atMostMs: 3 * hourMs } },
    });
    await followed.control("/join", ana);
    await followed.pass(40 * minuteMs);
    expect(await followed.headCount()).toBe(1);
    await followed.control("/join", bo);
    await followed.resolve();
    await followed.pass(20 * minuteMs);
    expect(await followed.status()).toBe("started");
    await followed.control("/leave", { name: bo.name });
    await followed.pass(30 * minuteMs);
    expect(await followed.status()).toBe("waiting");
    expect(await followed.told("note")).toEqual([
      "Ending the call: the incident is resolved and nobody is left to talk to",
      undefined,
    ]);
  });
});

describe("a live meeting", () => {
  test("is told to its end, though Zoom tells of its deletion together with that", async () => {
    await using followed = await startFollowing("told deleted", {
      settings: { recordingDelayMs: 40 * minuteMs, attendanceDelayMs: 10 * minuteMs },
    });
    const uuid = await followed.live([ana, bo]);
    await followed.pass(20 * minuteMs);
    await followed.control("/end", {});
    await deleteMeeting(followed.zoom, followed.meetingId);
    await followed.zoomTells({ type: "ended", uuid });
    await followed.zoomTells({ type: "deleted" });
    await followed.handle.result();
    const kinds = await followed.kinds();
    expect(kinds).toEqual(
      expect.arrayContaining(["attendance.ready", "recording.ready", "transcript.ready"]),
    );
  });

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
        "Not on the call after 5 min: Bo Lind, Cy Okafor",
        "In the waiting room, let them in: Bo Lind.",
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
    await followed.resolve();
    await followed.pass(30 * minuteMs);
    expect(await followed.status()).toBe("started");
    await followed.zoomTells({ type: "left", uuid, person: { key: bo.email, ...bo } });
    await followed.pass(20 * minuteMs);
    expect(await followed.status()).toBe("waiting");
    expect((await followed.events()).find(({ kind }) => kind === "note")?.title).toBe(
      "Ending the call: the incident is resolved and nobody is left to talk to",
    );
  });

  test("is ended at the bound while people go on talking, or nobody knows who is there", async () => {
    await using followed = await startFollowing("bound", { follow: ends });
    await followed.live([ana, bo]);
    await followed.resolve();
    await followed.pass(hourMs);
    expect(await followed.status()).toBe("started");
    await followed.pass(hourMs + minuteMs);
    expect(await followed.status()).toBe("waiting");
  });

  test("that goes on with nobody in it is of an unknown number, and is ended at the bound", async () => {
    await using followed = await startFollowing("empty", {
      follow: ends,
      settings: { endWhenEmpty: false },
      webhooks: true,
    });
    await followed.control("/join", ana);
    await followed.control("/leave", { name: ana.name });
    await followed.told("meeting.started");
    await followed.resolve();
    await followed.pass(hourMs);
    expect([await followed.status(), await followed.headCount()]).toEqual(["started", null]);
    await followed.pass(hourMs + minuteMs);
    expect(await followed.status()).toBe("waiting");
    expect(await followed.told("note")).toEqual([
      "Ending the call: the incident is resolved, and the call went on for another 2 h",
      undefined,
    ]);
  });

  test("is ended though the incident was resolved before anybody followed it", async () => {
    await using followed = await startFollowing("resolved before", {
      follow: ends,
      incident: { status: "resolved" },
    });
    await followed.live([ana]);
    await followed.pass(20 * minuteMs);
    expect(await followed.status()).toBe("waiting");
  });

  test("goes on when the incident is opened again", async () => {
    await using followed = await startFollowing("reopened", { follow: ends });
    await followed.live([ana]);
    await followed.resolve();
    await followed.pass(5 * minuteMs);
    await followed.resolve("investigating");
    await followed.pass(3 * hourMs);
    expect(await followed.status()).toBe("started");
  });
});

describe("those who are missing are called", () => {
  const host = { name: "Host", email: "host1@example.com" };
  const di = { name: "Di Sand", email: "host2@example.com", phone: "+49 170 1234567" };
  const ed = { name: "Ed Moor", phone: "+1 800 555 0100" };
  const fay = { name: "Fay Holm", email: "fay@elsewhere.example" };

  const startCalling = async (
    title: string,
    { ways = { phones: true, contacts: true }, responders = [host, di, ed, fay] as Person[] } = {},
  ) => {
    const followed = await startFollowing(title, {
      follow: { missingAfterMs: 5 * minuteMs, callMissing: ways },
      incident: { responders },
      autoRecording: "none",
      webhooks: true,
    });
    await followed.control("/join", host);
    await until("the start", async () => (await followed.kinds()).includes("meeting.started") || undefined);
    return followed;
  };

  test("by telephone and in their Zoom app, and the timeline says how each answered", async () => {
    await using followed = await startCalling("called");
    await followed.pass(6 * minuteMs);
    expect(await followed.told("participants.invited")).toEqual([
      "Called 2 who were missing: 2 accepted",
      "No user of the host's Zoom account, so not called: Fay Holm. Without a phone number, so not called: Fay Holm. Accepted: Di Sand (Zoom app), Di Sand (phone), Ed Moor.",
    ]);
    expect(await followed.calls()).toEqual([
      "host2@example.com accepted",
      "+491701234567 accepted",
      "+18005550100 accepted",
    ]);
    await followed.record();
  });

  test("once, however often Zoom puts us off, breaks off or has not heard", async () => {
    await using followed = await startCalling("called once", {
      ways: { phones: true, contacts: false },
      responders: [host, di, ed],
    });
    await followed.settings({ live: { perMeeting: 1 } });
    await followed.faults({ kind: "reset", commit: true, path: "live_meetings", times: 1 });
    await followed.pass(10 * minuteMs);
    expect(await followed.told("participants.invited")).toEqual([
      "Called 2 who were missing: 2 accepted",
      "Accepted: Di Sand, Ed Moor.",
    ]);
    await followed.pass(20 * minuteMs);
    expect(await followed.calls()).toEqual(["+491701234567 accepted", "+18005550100 accepted"]);
  });

  test("and those who came while Zoom did not answer are not", async () => {
    await using followed = await startCalling("came meanwhile", { responders: [host, di, ed] });
    const down = { kind: "status", status: 503, path: "live_meetings|/users/", times: 8 };
    await followed.faults(down);
    await followed.pass(6 * minuteMs);
    await followed.control("/join", { name: "Ed Moor" });
    await followed.pass(hourMs);
    expect(await followed.told("participants.invited")).toEqual([
      "Called 1 who was missing: 1 accepted",
      "Accepted: Di Sand (Zoom app), Di Sand (phone).",
    ]);
    expect(await followed.calls()).not.toContain("+18005550100 accepted");
  });

  test("but nobody once the incident is resolved or the call has ended", async () => {
    await using resolved = await startCalling("called resolved");
    await resolved.pass(4 * minuteMs);
    await resolved.change({ status: "resolved" });
    await resolved.pass(30 * minuteMs);
    await using over = await startCalling("called over");
    await over.pass(4 * minuteMs);
    await over.control("/end", {});
    await over.pass(30 * minuteMs);
    for (const { calls, kinds } of [resolved, over]) {
      expect(await calls()).toEqual([]);
      expect(await kinds()).not.toContain("participants.invited");
    }
  });

  test("as far as the account can, and the timeline says what it cannot", async () => {
    await using followed = await startCalling("no call-out", { responders: [host, di, ed] });
    await followed.faults({
      kind: "status",
      status: 400,
      code: 300,
      message: "This API is not available for this account.",
      path: "live_meetings",
      skip: 1,
    });
    await followed.pass(6 * minuteMs);
    const [title, detail] = await followed.told("participants.invited");
    expect(title).toBe("Called 1 who was missing: 1 accepted");
    expect(detail).toMatch(
      /^Zoom refused to call: Di Sand \(phone\), Ed Moor\. Accepted: Di Sand \(Zoom app\)\. The Zoom plan does not include this: .*not available for this account\.$/,
    );
    expect(await followed.status()).toBe("started");
  });

  test("and who declines or does not answer is told of", async () => {
    await using followed = await startCalling("declined", {
      responders: [host, { ...di, phone: "0170 1234567" }, ed],
    });
    await followed.settings({ live: { answer: "none" } });
    const telling = followed.pass(6 * minuteMs);
    await until("two calls", async () => ((await followed.calls()).length === 2 ? true : undefined));
    await followed.control("/answer", { email: di.email, answer: "decline" });
    await followed.control("/answer", { phone_number: "+18005550100", answer: "none" });
    await telling;
    expect(await followed.told("participants.invited")).toEqual([
      "Called 2 who were missing: 0 accepted",
      "Did not answer: Ed Moor. Declined: Di Sand (Zoom app). Phone number not understood (it needs its country code): Di Sand.",
    ]);
  });

  test("not at all while Zoom does not tell who is there", async () => {
    await using followed = await startFollowing("called unheard", {
      follow: { missingAfterMs: 5 * minuteMs, callMissing: { phones: true, contacts: true } },
      incident: { responders: [host, ed] },
    });
    await followed.control("/join", host);
    await followed.pass(hourMs);
    const [title] = await followed.told("participants.invited");
    expect(title).toBe("Nobody was called: Zoom has not told who is on the call");
    expect(await followed.calls()).toEqual([]);
  });
});
