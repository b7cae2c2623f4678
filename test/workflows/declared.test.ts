import { describe, expect, test } from "@jest/globals";
import { startOnce } from "../../client/starting.ts";
import type { IncidentMemory, PlannedExecution } from "../../domain/messages.ts";
import { firstFacts, incidentStart, runbookStart, trigger } from "../../domain/starts.ts";
import type { ActionStub } from "./world.ts";
import { startWorld, until } from "./world.ts";

const meetingIdOf = (incidentId: string): string => `8${incidentId.replaceAll(/\D/g, "")}`;

const bridgeMade: ActionStub = ({ incidentId }) => {
  const meeting_id = meetingIdOf(incidentId);
  const join_url = `https://zoom.example/j/${meeting_id}`;
  return {
    outputs: { meeting_id, join_url },
    effects: {
      bridge: { meeting_id, join_url, state: "waiting", head_count: 0 },
      meetings: [{ meetingId: meeting_id, topic: "The bridge", purpose: "bridge" }],
    },
  };
};

const world = {
  runbooks: [
    `key: rb
title: The runbook
trigger: { on: [incident.created, incident.updated] }
steps:
  - { id: bridge, action: zoom.create_meeting, input: { topic: "{{incident.title}}" } }
  - { id: link, action: incident.update_fields, input: { fields: { custom_fields: { bridge: "{{runbook.outputs.bridge.join_url}}" } } } }
  - { id: over, wait: { for: meeting.ended, timeout: 1h } }
  - { id: say, action: timeline.add_event, input: { title: "{{incident.bridge.state}}" } }`,
  ],
  actions: {
    "zoom.create_meeting": bridgeMade,
    "incident.update_fields": (({ input }) => ({
      outputs: {},
      effects: { patch: input["fields"] as object },
    })) satisfies ActionStub,
  },
};

type World = Awaited<ReturnType<typeof startWorld>>;
type Declared = Awaited<ReturnType<World["declare"]>>;

/** The call takes place, and the run comes to its end. */
const playOut = async ({ client, calls, zoomTells }: World, incident: Declared): Promise<void> => {
  const meetingId = meetingIdOf(incident.id);
  const meeting = client.workflow.getHandle(`meeting-${meetingId}`);
  const isFollowed = () => meeting.describe().then(Boolean, () => false);
  await until("a meeting that is followed", isFollowed);
  const atMs = Date.now();
  await zoomTells(meetingId, { type: "started", uuid: "u1", atMs });
  await zoomTells(meetingId, { type: "ended", uuid: "u1", atMs: atMs + 60_000 });
  expect((await incident.outcome("rb")).state).toBe("completed");
  expect(calls.map(({ step }) => step)).toEqual(["bridge", "link", "say"]);
  expect(calls.at(-1)?.input).toEqual({ title: "ended" });
  await zoomTells(meetingId, { type: "deleted", atMs: atMs + 70_000 });
  await meeting.result();
};

const memoryOf = ({ handle }: Declared) => handle.query<IncidentMemory>("memory");

const waits = ({ kinds }: World) => until("a run that waits", () => kinds().includes("runbook.waiting"));

const startRun = async ({ client, taskQueue }: World, { incident }: Declared, run: PlannedExecution) =>
  startOnce(client, "runbook", runbookStart(run, firstFacts(incident), trigger), taskQueue);

describe("an incident that is declared", () => {
  test("knows what was planned and started with it, and hears of it", async () => {
    await using here = await startWorld("declared", world);
    const incident = await here.declare();
    await waits(here);
    const run = incident.run("rb");
    await until(
      "what the run waits for",
      async () => (await memoryOf(incident)).open[run.workflowId]?.length === 1,
    );
    expect(await memoryOf(incident)).toMatchObject({
      starts: { rb: 1 },
      followed: [meetingIdOf(incident.id)],
      facts: { incident: { custom_fields: { bridge: expect.stringContaining("https://zoom.example/j/") } } },
    });
    const description = await run.describe();
    expect(await description.staticSummary()).toBe(`The runbook · ${incident.id} declared`);
    expect(await description.staticDetails()).toContain("started by its trigger");
    const attributes = { IncidentId: incident.id, Severity: "1", RunbookKey: "rb", Outcome: "running" };
    const found = Object.fromEntries(
      description.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]),
    );
    expect(found).toMatchObject(attributes);
    await incident.handle.executeUpdate("change", { args: [{ patch: { title: "x" }, by: { name: "Dee" } }] });
    expect((await memoryOf(incident)).starts).toEqual({ rb: 1 });
    await playOut(here, incident);
  });

  test("has its first task when its run has something to tell", async () => {
    await using here = await startWorld("declared first task", world);
    const incident = await here.declare();
    await playOut(here, incident);
    const { events } = await incident.handle.fetchHistory();
    expect(events?.[1]?.workflowExecutionSignaledEventAttributes?.signalName).toBe("news");
  });

  test("can be changed before its run has told it anything", async () => {
    await using here = await startWorld("declared and changed at once", world);
    const incident = await here.declare();
    const change = { patch: { title: "Changed at once" }, by: { name: "Dee" } };
    expect(await here.runbooks.changeIncident(incident.incident, change)).toMatchObject(change.patch);
    await playOut(here, incident);
  });

  test("again, after a crash before anything was started, starts once what was noted", async () => {
    await using here = await startWorld("declared again", world);
    const noted = here.onlyNote();
    const { incident, planned } = noted;
    await here.runbooks.declareIncident(incident, { repeated: true, planned });
    await here.runbooks.declareIncident(incident, { repeated: true, planned });
    await waits(here);
    await here.runbooks.declareIncident(incident, { repeated: true, planned });
    await playOut(here, noted);
  });

  test("and changed, after a crash before anything was started, starts what was noted", async () => {
    await using here = await startWorld("declared and changed", world);
    const noted = here.onlyNote();
    const change = { patch: { severity: "0" as const }, by: { name: "Dee" } };
    expect(await here.runbooks.changeIncident(noted.incident, change)).toMatchObject({ severity: "0" });
    await waits(here);
    await playOut(here, noted);
  });

  test("by halves, so that only its run was started, is started by that run", async () => {
    await using here = await startWorld("declared by halves", world);
    const noted = here.onlyNote();
    for (const run of noted.planned) await startRun(here, noted, run);
    await waits(here);
    await until("its workflow", () => noted.handle.describe().then(Boolean, () => false));
    await playOut(here, noted);
    expect(await memoryOf(noted)).toMatchObject({
      starts: { rb: 1 },
      open: {},
      facts: { incident: { custom_fields: { bridge: expect.any(String) } } },
    });
  });

  test("by halves, so that only its own workflow was started, starts its run when declared again", async () => {
    await using here = await startWorld("declared by the other half", world);
    const noted = here.onlyNote();
    const { incident, planned } = noted;
    const known = planned.map(({ executionId }) => ({ executionId, runbook: "rb" }));
    await startOnce(here.client, "incident", incidentStart({ incident, planned: known }), here.taskQueue);
    await here.runbooks.declareIncident(incident, { repeated: true, planned });
    await waits(here);
    await playOut(here, noted);
  });
});

describe("an incident that hears of its runs", () => {
  test("acts once on a report that comes twice, late, or overlaps with another", async () => {
    await using here = await startWorld("heard twice", world);
    const incident = await here.declare();
    await waits(here);
    const run = incident.run("rb").workflowId;
    const hasHeard = async () => (await memoryOf(incident)).heard?.[run] !== undefined;
    await until("what the run told", hasHeard);
    const before = await memoryOf(incident);
    const { n, effects } = before.heard?.[run] ?? { n: 0, effects: 0 };
    expect(effects).toBe(2);
    const report = { executionId: run, state: "waiting", waitingFor: [], factsVersion: 1 } as const;
    const told = (title: string) => ({ patch: { title } });
    const late = { ...report, n: n + 1, effects: [told("first")], effectsBefore: 2 };
    const news = { ...late, n: n + 2, effects: [told("first"), told("second")] };
    for (const each of [news, late, news])
      await incident.handle.signal("news", { type: "execution", report: each });
    await until("both", async () => (await memoryOf(incident)).facts.incident.title === "second");
    const after = await memoryOf(incident);
    expect(after.facts.version).toBe(before.facts.version + 2);
    expect(after.heard?.[run]).toEqual({ n: n + 2, effects: 4 });
    await incident.handle.terminate();
  });

  test("is left alone when it was ended, and its run goes on", async () => {
    await using here = await startWorld("told nobody", world);
    const noted = here.onlyNote();
    await here.runbooks.declareIncident(noted.incident, { planned: [] });
    await noted.handle.terminate("by hand");
    for (const run of noted.planned) await startRun(here, noted, run);
    await waits(here);
    await noted.run("rb").executeUpdate("skipStep", { args: [{ by: { name: "Dee" } }] });
    expect((await noted.outcome("rb")).state).toBe("completed");
    expect((await noted.handle.describe()).status.name).toBe("TERMINATED");
  });
});
