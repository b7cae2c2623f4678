import { ApplicationFailure } from "@temporalio/common";
import { describe, expect, test } from "@jest/globals";
import type { Execution } from "../../domain/plan.ts";
import { failure } from "../../domain/failures.ts";
import type { MeetingEvent } from "../../domain/meetingLife.ts";
import type { IncidentMemory } from "../../domain/messages.ts";
import type { ActionStub } from "./world.ts";
import { startWorld, until } from "./world.ts";

const bridgeMade: ActionStub = () => ({
  outputs: { join_url: "https://zoom.example/j/85746065432", meeting_id: "85746065432", passcode: "1" },
  effects: {
    bridge: {
      meeting_id: "85746065432",
      join_url: "https://zoom.example/j/85746065432",
      state: "waiting",
      head_count: 0,
    },
  },
});

const meetingIdOf = (incidentId: string): string => `9${incidentId.replaceAll(/\D/g, "")}`;

const followedBridge: ActionStub = ({ incidentId }) => {
  const meeting_id = meetingIdOf(incidentId);
  return {
    outputs: { meeting_id },
    effects: {
      bridge: { meeting_id, join_url: "https://zoom.example/j/1", state: "waiting", head_count: 0 },
      meetings: [{ meetingId: meeting_id, topic: "The bridge", purpose: "bridge" }],
    },
  };
};

const notAllowed: ActionStub = () => {
  const detail = failure("missing_scope", "The app may not do this.", {
    scopes: ["meeting:write:meeting:admin"],
  });
  throw ApplicationFailure.create({
    type: "missing_scope",
    message: detail.message,
    nonRetryable: true,
    details: [detail],
  });
};

const runbook = (steps: string, key = "rb"): string => `key: ${key}
title: The runbook
trigger: { on: [incident.created] }
steps:
${steps}`;

const note = (id: string, more = ""): string =>
  `  - { id: ${id}, action: timeline.add_event, input: { title: "${id}" }${more} }`;

const stepStates = ({ steps }: Execution) => Object.fromEntries(steps.map(({ id, state }) => [id, state]));

const progress = (handle: { query<T>(name: string): Promise<T> }) => handle.query<Execution>("progress");

describe("a runbook", () => {
  test("runs its steps in order, each with the outputs of those before", async () => {
    await using world = await startWorld("in order", {
      runbooks: [
        runbook(`  - { id: bridge, action: zoom.create_meeting, input: { topic: "{{incident.title}}" } }
  - { id: say, action: timeline.add_event, input: { title: "Join {{runbook.outputs.bridge.join_url}}" } }`),
      ],
      actions: { "zoom.create_meeting": bridgeMade },
    });
    const incident = await world.declare();
    const execution = await incident.outcome("rb");
    expect(execution.state).toBe("completed");
    expect(world.calls.map(({ input }) => input)).toEqual([
      { topic: "in order" },
      { title: "Join https://zoom.example/j/85746065432" },
    ]);
    expect(world.kinds()).toEqual(["incident.declared", "runbook.completed"]);
  });

  test("runs the members of a group side by side", async () => {
    let inside = 0;
    let most = 0;
    const slow: ActionStub = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 300));
      inside -= 1;
      return { outputs: {} };
    };
    await using world = await startWorld("side by side", {
      runbooks: [runbook(`  - id: both\n    parallel:\n  ${note("a")}\n  ${note("b")}\n${note("c")}`)],
      actions: { "timeline.add_event": slow },
    });
    const incident = await world.declare();
    await incident.outcome("rb");
    expect(most).toBe(2);
    expect(world.calls.at(-1)?.step).toBe("c");
  });

  test("tells the incident what a member of a group made while the others go on", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    await using world = await startWorld("within a group", {
      runbooks: [
        runbook(`  - id: both
    parallel:
      - { id: bridge, action: zoom.create_meeting, input: { topic: a } }
      - { id: long, action: timeline.add_event, input: { title: a } }`),
      ],
      actions: {
        "zoom.create_meeting": bridgeMade,
        "timeline.add_event": async () => {
          await held;
          return { outputs: {} };
        },
      },
    });
    const incident = await world.declare();
    try {
      await until("the incident's bridge", async () => {
        const { facts } = await incident.handle.query<Pick<IncidentMemory, "facts">>("memory");
        return facts.bridge?.meeting_id === "85746065432";
      });
      expect(stepStates(await progress(incident.run("rb")))).toEqual({
        bridge: "completed",
        long: "running",
      });
    } finally {
      release();
    }
    expect((await incident.outcome("rb")).state).toBe("completed");
  });

  test("skips a step whose condition does not hold, and says so", async () => {
    await using world = await startWorld("guarded", {
      runbooks: [
        runbook(
          note("a", ", when: { field: incident.severity, operator: equals, value: SEV0 }") + "\n" + note("b"),
        ),
      ],
    });
    const incident = await world.declare();
    const execution = await incident.outcome("rb");
    expect(stepStates(execution)).toEqual({ a: "skipped", b: "completed" });
    expect(world.kinds()).toContain("step.skipped");
  });

  test("parks at a failed step, and goes on when an operator retries it", async () => {
    const once: ActionStub = (request, attempt) =>
      attempt === 1 ? notAllowed(request, attempt) : { outputs: {} };
    await using world = await startWorld("parked", {
      runbooks: [runbook(note("a", ", on_failure: pause"))],
      actions: { "timeline.add_event": once },
    });
    const incident = await world.declare();
    const run = incident.run("rb");
    await until("parked", async () => world.kinds().includes("runbook.parked"));
    expect((await progress(run)).state).toBe("parked");
    expect((await progress(run)).steps[0]?.failure).toMatchObject({
      code: "missing_scope",
      scopes: ["meeting:write:meeting:admin"],
    });

    await run.executeUpdate("retryStep", { args: [{ by: { name: "Dee" } }] });
    expect(((await run.result()) as Execution).state).toBe("completed");
    expect(world.kinds().slice(1)).toEqual(["runbook.parked", "runbook.resumed", "runbook.completed"]);
  });

  test("goes on without a step that an operator skips", async () => {
    await using world = await startWorld("skipped", {
      runbooks: [runbook(`${note("a", ", on_failure: pause")}\n${note("b")}`)],
      actions: {
        "timeline.add_event": (request, attempt) =>
          request.step === "a" ? notAllowed(request, attempt) : { outputs: {} },
      },
    });
    const incident = await world.declare();
    await until("parked", () => world.kinds().includes("runbook.parked"));
    await incident.run("rb").executeUpdate("skipStep", { args: [{ step: "a", by: { name: "Dee" } }] });
    expect(stepStates(await incident.outcome("rb"))).toEqual({
      a: "skipped",
      b: "completed",
    });
  });

  test("stops at a failed step whose policy is to stop, and shows as failed", async () => {
    await using world = await startWorld("stopped", {
      runbooks: [runbook(`${note("a", ", on_failure: stop")}\n${note("b")}`)],
      actions: { "timeline.add_event": notAllowed },
    });
    const incident = await world.declare();
    await expect(incident.outcome("rb")).rejects.toThrow("Workflow execution failed");
    expect(world.kinds().slice(1)).toEqual(["step.failed", "runbook.failed"]);
    expect(world.calls).toHaveLength(1);
  });

  test("goes on with its fallback when a step fails for good", async () => {
    await using world = await startWorld("fallback", {
      runbooks: [
        runbook(`  - id: bridge
    action: zoom.create_meeting
    input: { topic: x }
    fallback: { join_url: "{{incident.fallback_bridge_url}}" }
  - { id: say, action: timeline.add_event, input: { title: "{{runbook.outputs.bridge.join_url}}" } }`),
      ],
      actions: { "zoom.create_meeting": notAllowed },
    });
    const incident = await world.declare({ fallback_bridge_url: "https://meet.example/static" });
    const execution = await incident.outcome("rb");
    expect(stepStates(execution)).toEqual({ bridge: "failed", say: "completed" });
    expect(world.calls.at(-1)?.input).toEqual({ title: "https://meet.example/static" });
  });

  test("takes back what it made when it is cancelled, unless told to keep it", async () => {
    await using world = await startWorld("cancelled", {
      runbooks: [
        runbook(`  - { id: bridge, action: zoom.create_meeting, input: { topic: x } }
  - { id: kept, action: zoom.create_meeting, input: { topic: y }, keep: true }
  - { id: wait, wait: { duration: 1h } }`),
      ],
      actions: { "zoom.create_meeting": bridgeMade },
    });
    const incident = await world.declare();
    const run = incident.run("rb");
    await until("waiting", () => world.kinds().includes("runbook.waiting"));
    const { execution } = (await run.executeUpdate("cancel", { args: [{ by: { name: "Dee" } }] })) as {
      execution: Execution;
    };
    expect(execution.state).toBe("cancelled");
    expect(world.calls.slice(2).map(({ step, input }) => [step, input])).toEqual([
      ["bridge-undo", { meeting_id: "85746065432" }],
    ]);
    expect(world.kinds().at(-1)).toBe("runbook.cancelled");
  });

  test("cancelled from Temporal's own UI takes back what it made as well", async () => {
    await using world = await startWorld("cancelled natively", {
      runbooks: [
        runbook(
          `  - { id: bridge, action: zoom.create_meeting, input: { topic: x } }\n  - { id: wait, wait: { duration: 1h } }`,
        ),
      ],
      actions: { "zoom.create_meeting": followedBridge },
    });
    const incident = await world.declare();
    await until("waiting", () => world.kinds().includes("runbook.waiting"));
    await incident.run("rb").cancel();
    await expect(incident.outcome("rb")).rejects.toThrow("cancelled");
    expect(world.calls.at(-1)?.step).toBe("bridge-undo");
  });

  test("waits no longer than its time-out, whose outcome it takes", async () => {
    await using world = await startWorld("timed out", {
      runbooks: [
        runbook(`  - { id: w, wait: { for: incident.resolved, timeout: 200ms, on_timeout: continue } }\n${note("a")}
  - { id: x, wait: { for: incident.resolved, timeout: 200ms, on_timeout: stop } }`),
      ],
    });
    const incident = await world.declare();
    await expect(incident.outcome("rb")).rejects.toThrow();
    expect(world.kinds().filter((kind) => kind === "step.timed_out")).toHaveLength(2);
    expect(world.calls.map(({ step }) => step)).toEqual(["a"]);
    const { events } = await incident.run("rb").fetchHistory();
    const timers = events?.filter((each) => each.timerStartedEventAttributes) ?? [];
    const said = timers.map(({ userMetadata }) => JSON.parse(String(userMetadata?.summary?.data)));
    expect(said).toEqual([
      expect.stringMatching(/^Wait .*, at most 200 ms$/),
      expect.stringMatching(/^Wait .*, at most 200 ms$/),
    ]);
  });

  test("waits for approval, and a command that makes no sense is refused in words", async () => {
    await using world = await startWorld("approval", {
      runbooks: [runbook(`  - { id: ok, wait: { for: approval } }\n${note("a")}`)],
    });
    const incident = await world.declare();
    const run = incident.run("rb");
    await until("waiting", () => world.kinds().includes("runbook.waiting"));
    await expect(run.executeUpdate("retryStep", { args: [{ by: { name: "D" } }] })).rejects.toMatchObject({
      cause: { type: "rejected", message: "No step is parked: there is nothing to retry." },
    });
    await expect(
      run.executeUpdate("approve", { args: [{ step: "okk", by: { name: "D" } }] }),
    ).rejects.toMatchObject({
      cause: { type: "invalid_input", message: 'There is no step "okk": ok, a.' },
    });
    await run.executeUpdate("approve", { args: [{ by: { name: "D" } }] });
    expect(((await run.result()) as Execution).state).toBe("completed");
    expect(world.events.map(({ title }) => title)).toContain("Approved by D: Wait for approval");
  });
});

describe("an incident", () => {
  test("lets a waiting run go on when it is resolved", async () => {
    await using world = await startWorld("resolved", {
      runbooks: [
        runbook(
          `  - { id: w, wait: { for: incident.resolved, timeout: 1h } }\n  - { id: a, action: timeline.add_event, input: { title: "{{incident.status}}" } }`,
        ),
      ],
    });
    const incident = await world.declare();
    await until("waiting", () => world.kinds().includes("runbook.waiting"));
    await incident.handle.executeUpdate("change", {
      args: [{ patch: { status: "resolved" }, by: { name: "Dee" } }],
    });
    await incident.outcome("rb");
    expect(world.calls[0]?.input).toEqual({ title: "resolved" });
  });

  test("starts a runbook once for its trigger, and again by hand", async () => {
    await using world = await startWorld("once", {
      runbooks: [runbook(note("a")).replace("[incident.created]", "[incident.created, incident.updated]")],
    });
    const incident = await world.declare();
    await incident.outcome("rb");
    await incident.handle.executeUpdate("change", {
      args: [{ patch: { title: "other" }, by: { name: "Dee" } }],
    });
    const answer = await incident.handle.executeUpdate("execute", {
      args: [{ runbook: "rb", inputs: {}, by: { name: "Dee" } }],
    });
    expect(answer).toEqual({ executionId: `runbook-${incident.id}-rb-2` });
    await incident.outcome("rb", 2);
    expect(world.calls).toHaveLength(2);
  });

  test("hears of its bridge, follows it, and wakes the run that waits for its end", async () => {
    await using world = await startWorld("followed", {
      runbooks: [
        runbook(`  - { id: bridge, action: zoom.create_meeting, input: { topic: x } }
  - { id: w, wait: { for: meeting.ended, timeout: 1h } }
  - { id: a, action: timeline.add_event, input: { title: "{{incident.bridge.state}}" } }`),
      ],
      actions: {
        "zoom.create_meeting": followedBridge,
      },
    });
    const incident = await world.declare({
      responders: [{ email: "Ana@example.com" }, { email: "bo@example.com" }],
    });
    await until("waiting", () => world.kinds().includes("runbook.waiting"));
    const meetingId = meetingIdOf(incident.id);
    const meeting = world.client.workflow.getHandle(`meeting-${meetingId}`);
    await until("followed", async () =>
      meeting.describe().then(
        () => true,
        () => false,
      ),
    );
    const at = Date.now();
    const ana = { key: "p1", name: "Ana", email: "ana@example.com" };
    const { responders } = incident.incident;
    const tell = (event: MeetingEvent) => world.zoomTells(meetingId, event, responders);
    // Out of order, and twice: what counts are the times inside.
    await tell({ type: "joined", uuid: "u1", atMs: at + 1000, person: ana });
    await tell({ type: "started", uuid: "u1", atMs: at });
    await tell({ type: "joined", uuid: "u1", atMs: at + 1000, person: ana });
    await tell({ type: "ended", uuid: "u1", atMs: at + 60_000 });
    await incident.outcome("rb");
    expect(world.calls.at(-1)?.input).toEqual({ title: "ended" });
    const ofMeeting = world.events.filter(({ source }) => source.type === "meeting");
    expect(ofMeeting.map(({ kind }) => kind).toSorted()).toEqual([
      "meeting.ended",
      "meeting.first_responder",
      "meeting.started",
    ]);
    await tell({ type: "deleted", atMs: at + 70_000 });
    await meeting.result();
  });

  test("says in words that a run waited in vain, when its bridge was deleted before anybody came", async () => {
    await using world = await startWorld("in vain", {
      runbooks: [
        runbook(`  - { id: bridge, action: zoom.create_meeting, input: { topic: x } }
  - { id: live, title: Wait for the call, wait: { for: meeting.started } }
  - { id: over, title: Wait for its end, wait: { for: meeting.ended } }
${note("a")}`),
      ],
      actions: { "zoom.create_meeting": followedBridge },
    });
    const incident = await world.declare();
    await until("waiting", () => world.kinds().includes("runbook.waiting"));
    const meeting = world.client.workflow.getHandle(`meeting-${meetingIdOf(incident.id)}`);
    await until("followed", () => meeting.describe().then(Boolean, () => false));
    await world.zoomTells(meetingIdOf(incident.id), { type: "deleted", atMs: Date.now() });
    expect(await incident.outcome("rb")).toMatchObject({
      state: "completed",
      steps: [{}, { state: "skipped" }, { state: "skipped" }, { state: "completed" }],
    });
    const skipped = world.events.filter(({ kind }) => kind === "step.skipped");
    expect(skipped.map(({ title, detail }) => [title, detail])).toEqual([
      ["Waited in vain: Wait for the call", "The meeting was deleted in Zoom before anybody came."],
      ["Waited in vain: Wait for its end", "The meeting was deleted in Zoom before anybody came."],
    ]);
  });

  test("goes on when its bridge is given up, which nobody joined, though its wait has no time-out", async () => {
    await using world = await startWorld("given up", {
      runbooks: [
        runbook(`  - { id: bridge, action: zoom.create_meeting, input: { topic: x } }
  - { id: over, title: Wait for its end, wait: { for: meeting.ended } }`),
      ],
      actions: { "zoom.create_meeting": followedBridge },
    });
    const incident = await world.declare();
    await until("waiting", () => world.kinds().includes("runbook.waiting"));
    const meetingId = meetingIdOf(incident.id);
    // What its meeting's workflow tells two days later.
    await world.client.workflow.getHandle(`incident-${incident.id}`).signal("news", {
      type: "meeting",
      meetingId,
      facts: { state: "waiting", endedSessions: 0, recordingReady: false, isOver: true },
      headCount: 0,
      over: true,
    });
    expect((await incident.outcome("rb")).state).toBe("completed");
    expect(world.events.find(({ kind }) => kind === "step.skipped")?.detail).toBe(
      "Nobody came to the meeting, and it is followed no longer.",
    );
  });

  test("tells every meeting that is followed that it is resolved, and what is left of a bridge that is gone", async () => {
    const made = ["91", "92"];
    await using world = await startWorld("all meetings hear", {
      runbooks: [
        runbook(`  - { id: one, action: zoom.create_meeting, input: { topic: one } }
  - { id: two, action: zoom.create_meeting, input: { topic: two } }`),
      ],
      actions: {
        "zoom.create_meeting": ({ incidentId, step }) => {
          const meetingId = `${made[step === "one" ? 0 : 1]}${incidentId.replaceAll(/\D/g, "")}`;
          const bridge = { meeting_id: meetingId, join_url: "https://zoom.test/j", head_count: 0 };
          return {
            outputs: { meeting_id: meetingId },
            effects: {
              ...(step === "one" && { bridge: { ...bridge, state: "waiting" as const } }),
              meetings: [{ meetingId, topic: step, purpose: step === "one" ? "bridge" : "other" }],
            },
          };
        },
      },
    });
    const incident = await world.declare();
    await incident.outcome("rb");
    const ids = made.map((each) => `${each}${incident.incident.id.replaceAll(/\D/g, "")}`);
    const hears = async (meetingId: string): Promise<string[]> => {
      const { events } = await world.client.workflow.getHandle(`meeting-${meetingId}`).fetchHistory();
      return (events ?? []).flatMap(
        ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName ?? [],
      );
    };
    await until("followed", async () =>
      Promise.all(ids.map(hears)).then(
        () => true,
        () => false,
      ),
    );
    const change = (patch: object) =>
      incident.handle.executeUpdate("change", { args: [{ patch, by: { name: "D" } }] });
    await change({ status: "resolved" });
    await until("told", async () => (await Promise.all(ids.map(hears))).every(({ length }) => length === 1));
    await world.zoomTells(ids[0] ?? "", { type: "deleted", atMs: Date.now() });
    await world.client.workflow.getHandle(`meeting-${ids[0]}`).result();
    await change({ status: "investigating" });
    expect(await Promise.all(ids.map(hears))).toEqual([
      ["incident", "zoom"],
      ["incident", "incident"],
    ]);
    const gone = world.events.findLast(({ kind }) => kind === "note");
    expect([gone?.title, gone?.detail]).toEqual([
      "The incident is open again and has no bridge: its meeting was deleted",
      "Run a runbook that makes a meeting, and people can meet there.",
    ]);
    await world.zoomTells(ids[1] ?? "", { type: "deleted", atMs: Date.now() });
    await world.client.workflow.getHandle(`meeting-${ids[1]}`).result();
  });

  test("refuses a runbook that there is not, and stays alive", async () => {
    await using world = await startWorld("unchanged", {});
    const incident = await world.declare();
    const answer = (await incident.handle.executeUpdate("change", {
      args: [{ patch: { title: "unchanged" }, by: { name: "D" } }],
    })) as { title: string };
    expect(answer.title).toBe("unchanged");
    expect(world.kinds()).toEqual(["incident.declared"]);
  });
});
