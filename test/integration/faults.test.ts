import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import type { TimelineKind } from "../../domain/timeline.ts";
import { until } from "../support/until.ts";
import type { Incident } from "./story.ts";
import { declare, flaws, kindsOf } from "./story.ts";
import type { Topology } from "./support.ts";
import { startTopology, withoutPostgres } from "./support.ts";

const creating = { method: "POST", path: "/users/[^/]+/meetings$" };
const inviting = { method: "PATCH", path: "/meetings/[0-9]+$" };

/** The timeline until the run waits for the end of the call. */
const opened: readonly TimelineKind[] = [
  "incident.declared",
  "runbook.started",
  "bridge.ready",
  "step.completed",
  "participants.added",
  "runbook.waiting",
];

const expectOneBridge = async (incident: Incident): Promise<void> =>
  expect(await incident.meetings()).toEqual([expect.objectContaining({ deleted: false })]);

const inPostgres = withoutPostgres === undefined ? describe : describe.skip;

inPostgres("When Zoom fails for a moment", () => {
  let world: Topology;
  const staged = new Map<string, Incident>();

  type Fault = Record<string, unknown> & { kind: string };

  /** What Zoom does wrong once, to one request; those that follow are well. */
  const whenInviting: Record<string, Fault> = {
    "answers 503 when people are added": { ...inviting, kind: "status", status: 503 },
    "breaks off when people are added": { ...inviting, kind: "reset", commit: true },
  };
  // After a lost answer the next request to create comes 15 seconds later at the earliest, so a fault meets the incident
  // that it is meant for; only after the last of these it comes sooner.
  const whenCreating: Record<string, Fault> = {
    "answers 503": { ...creating, kind: "status", status: 503 },
    "answers 500 although it has made the meeting": {
      ...creating,
      kind: "status",
      status: 500,
      commit: true,
    },
    "breaks off": { ...creating, kind: "reset" },
    "breaks off after it has made the meeting": { ...creating, kind: "reset", commit: true },
    "makes the meeting when nobody listens any more": { ...creating, kind: "slow", delayMs: 12_000 },
    "answers 429 with Retry-After": {
      ...creating,
      kind: "status",
      status: 429,
      code: 429,
      message: "You have reached the maximum per-second rate limit for this API. Try again later.",
      headers: { "retry-after": "2" },
    },
  };

  const stage = async (name: string, fault: Fault): Promise<Incident> => {
    const fired = await world.zoom.fault({ ...fault, times: 1 });
    const incident = await declare(world);
    staged.set(name, incident);
    await until(`"${name}"`, async () => ((await fired()) > 0 ? true : undefined), { everyMs: 50 });
    return incident;
  };

  const expectStory = async (name: string, story: readonly TimelineKind[]): Promise<void> => {
    const incident = staged.get(name)!;
    await incident.hear("runbook.waiting");
    const timeline = await incident.timeline();
    expect(kindsOf(timeline)).toEqual(story);
    expect(flaws(timeline, story)).toEqual([]);
    await expectOneBridge(incident);
  };

  beforeAll(async () => {
    world = await startTopology({ title: "faults that pass" });
    for (const [name, fault] of Object.entries(whenInviting))
      await (await stage(name, fault)).hear("runbook.waiting");
    for (const [name, fault] of Object.entries(whenCreating)) await stage(name, fault);
  }, 60_000);
  afterAll(() => world.close());

  test.each(Object.keys(whenCreating))("if it %s, the step tries again and says so once", (name) =>
    expectStory(name, opened.toSpliced(2, 0, "step.retrying")),
  );

  test.each(Object.keys(whenInviting))("if it %s, the step tries again and says so once", (name) =>
    expectStory(name, opened.toSpliced(4, 0, "step.retrying")),
  );
});

inPostgres("When Zoom refuses", () => {
  let world: Topology;
  let everyScope: string[];

  beforeAll(async () => {
    world = await startTopology({ title: "faults that stay" });
    const settings = (await world.zoom.settings({})) as { scopes: string[] };
    everyScope = settings.scopes;
    // The worker has a token from here on.
    await (await declare(world)).hear("runbook.waiting");
  }, 60_000);
  afterEach(async () => {
    if (!world.gateway.isRunning()) console.error(world.gateway.output().slice(-5000));
    await world.zoom.noFaults();
    await world.zoom.settings({ scopes: everyScope, lockedSettings: {} });
  });
  afterAll(() => world.close());

  test("the token before its time, another one is fetched and nobody hears of it", async () => {
    await world.zoom.fault({ ...creating, kind: "expiredToken", times: 1 });
    const issued = (await world.zoom.state()).tokens.issued;
    const incident = await declare(world);
    await incident.hear("runbook.waiting");
    expect(kindsOf(await incident.timeline())).toEqual(opened);
    expect((await world.zoom.state()).tokens.issued).toBe(issued + 1);
    await expectOneBridge(incident);
  });

  test("a host without a licence, the next one hosts", async () => {
    const { zoom } = world;
    const hosts = [1, 2, 3, 4, 5].map((n) => `host${n}@example.com`);
    const [licensed, ...unlicensed] = hosts.toReversed();
    await zoom.settings({ users: unlicensed.map((email) => ({ email, type: 99 })) });
    try {
      const incident = await declare(world);
      await incident.hear("runbook.waiting");
      expect(kindsOf(await incident.timeline())).toEqual(opened);
      expect(await incident.meetings()).toEqual([expect.objectContaining({ host_email: licensed })]);
    } finally {
      await zoom.settings({ users: unlicensed.map((email) => ({ email, type: 2 })) });
    }
  });

  test("every host, the run is parked with what to do, and can be skipped", async () => {
    const { zoom, api } = world;
    const hosts = [1, 2, 3, 4, 5].map((n) => `host${n}@example.com`);
    await zoom.settings({ users: hosts.map((email) => ({ email, type: 99 })) });
    try {
      const incident = await declare(world);
      const parked = await incident.hear("runbook.parked");
      expect(parked.data).toMatchObject({ code: "host_unavailable" });
      expect(parked.detail).toContain("licence");
      await api.command("skip", incident.executionId);
      await incident.hear("runbook.completed");
      expect(await incident.meetings()).toEqual([]);
    } finally {
      await zoom.settings({ users: hosts.map((email) => ({ email, type: 2 })) });
    }
  });

  test("a setting because the account locks it, the timeline says which", async () => {
    await world.zoom.settings({ lockedSettings: { waiting_room: true } });
    const incident = await declare(world);
    const differing = await incident.hear("meeting.settings_differ");
    expect(differing.title).toContain("waiting_room is true, not false");
    expect(differing.data).toMatchObject({ settings: expect.arrayContaining(["waiting_room"]) });
    await incident.hear("runbook.waiting");
    expect(kindsOf(await incident.timeline())).toEqual(opened.toSpliced(3, 0, "meeting.settings_differ"));
  });

  test("for good, people meet on the incident's fallback bridge and the run goes on", async () => {
    const link = "https://bridge.example.com/standing";
    await world.zoom.fault({
      ...creating,
      kind: "status",
      status: 400,
      code: 300,
      message: "Invalid field.",
    });
    const incident = await declare(world, { fallback_bridge_url: link });
    await incident.hear("runbook.completed");
    const timeline = await incident.timeline();
    expect(timeline.find(({ kind }) => kind === "step.failed")?.detail).toContain(
      "goes on with the fallback",
    );
    // The incident hears of it from the run, so a moment later.
    await until("the fallback's link on the incident", async () => {
      const { incident: shown } = await world.api.incident(incident.id);
      return shown.custom_fields["bridge_url"] === link ? true : undefined;
    });
  });

  test("during an outage, the timeline names the fallback bridge until Zoom's is ready", async () => {
    const link = "https://bridge.example.com/standing";
    await world.zoom.fault({ ...creating, kind: "status", status: 429, code: 429, times: 1 });
    const incident = await declare(world, { fallback_bridge_url: link });
    await incident.hear("runbook.waiting");
    const timeline = await incident.timeline();
    expect(kindsOf(timeline)).toEqual(opened.toSpliced(2, 0, "step.retrying", "bridge.fallback"));
    expect(timeline.find(({ kind }) => kind === "bridge.fallback")?.links).toEqual([
      { title: expect.any(String), url: link },
    ]);
    await expectOneBridge(incident);
  });

  test("for want of a scope, the run is parked, names the scope, and goes on once it is granted", async () => {
    const { zoom, api } = world;
    await zoom.settings({ scopes: everyScope.filter((scope) => !scope.startsWith("meeting:write")) });
    // Scopes are those of the token: it gets another one.
    await zoom.fault({ ...creating, kind: "expiredToken", times: 1 });
    const incident = await declare(world);
    const parked = await incident.hear("runbook.parked");
    expect(parked.detail).toContain("meeting:write:meeting:admin");
    expect(parked.data).toMatchObject({
      code: "missing_scope",
      scopes: expect.arrayContaining(["meeting:write:meeting:admin"]),
    });
    expect((await incident.execution()).state).toBe("parked");
    expect(await incident.meetings()).toEqual([]);

    await zoom.settings({ scopes: everyScope });
    // A token that lacks a scope is exchanged for another one once it is this old.
    await sleep(10_500);
    await api.command("retry", incident.executionId, "bridge");
    await incident.hear("runbook.waiting");
    expect(kindsOf(await incident.timeline())).toEqual(
      opened.toSpliced(2, 0, "runbook.parked", "runbook.resumed"),
    );
    await expectOneBridge(incident);
  });
});
