import { describe, expect, test } from "@jest/globals";
import { ApplicationFailure } from "@temporalio/common";
import { Worker } from "@temporalio/worker";
import { declaredIncident } from "../../domain/incident.ts";
import type { IncidentStatus } from "../../domain/incident.ts";
import type { Facts } from "../../domain/plan.ts";
import type { StatusCall, StatusCallActivities, StatusCallInput } from "../../domain/statusCall.ts";
import { statusCallWorkflowId } from "../../domain/statusCall.ts";
import { taskQueueFor, timeSkippingEnvironment, workflowBundle } from "../support/temporal.ts";
import { startWorld, until } from "./world.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const factsOf = (status: IncidentStatus, version: number): Facts => ({
  version,
  incident: declaredIncident({ title: "Down", severity: "1", status }, "inc", new Date().toISOString()),
  bridge: null,
  meetings: {},
});

type Options = {
  everyMs?: number;
  forMs?: number;
  status?: IncidentStatus;
  /** Which reminder finds the meeting gone. */
  goneAt?: number;
  /** How often the meeting cannot be removed since people are in it; or for good. */
  liveTries?: number;
};

/** One status call on a clock that jumps; what it does is listed with the minutes at which it does. */
const startCall = async (title: string, options: Options = {}) => {
  const { everyMs = 30 * minuteMs, forMs = 24 * hourMs, goneAt, liveTries = 0 } = options;
  const environment = await timeSkippingEnvironment();
  const taskQueue = taskQueueFor(title);
  const startedMs = await environment.currentTimeMs();
  const done: [minutes: number, what: string][] = [];
  let reminders = 0;
  let tries = 0;
  const note = async (what: string): Promise<void> => {
    done.push([Math.round(((await environment.currentTimeMs()) - startedMs) / minuteMs), what]);
  };
  const activities: StatusCallActivities = {
    remindOfStatusCall: async () => {
      reminders += 1;
      await note("reminded");
      return { isGone: reminders === goneAt };
    },
    removeStatusCall: async ({ end }) => {
      tries += 1;
      if (tries <= liveTries)
        throw ApplicationFailure.create({ type: "not_ready", message: "people are in it" });
      await note(`removed: ${end}`);
    },
    leaveStatusCall: () => note("left"),
  };
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    namespace: environment.namespace,
    taskQueue,
    workflowBundle,
    activities,
    shutdownGraceTime: "1 second",
  });
  const running = worker.run();
  const call: StatusCall = {
    meetingId: title,
    topic: "Status",
    joinUrl: "https://zoom.example/j/1",
    everyMs,
    firstAtMs: startedMs + everyMs,
    lastAtMs: startedMs + forMs,
  };
  const handle = await environment.client.workflow.start("statusCall", {
    taskQueue,
    workflowId: statusCallWorkflowId(title),
    args: [
      { incidentId: "none", call, facts: factsOf(options.status ?? "detected", 1) } satisfies StatusCallInput,
    ],
  });
  return {
    environment,
    handle,
    done,
    resolve: () => handle.signal("facts", factsOf("resolved", 2)),
    [Symbol.asyncDispose]: async () => {
      worker.shutdown();
      await running;
      await environment.close();
    },
  };
};

describe("a status call", () => {
  test("is reminded of each time until the incident is resolved, and then removed", async () => {
    await using call = await startCall("resolved");
    await call.environment.sleep(100 * minuteMs);
    await call.resolve();
    await call.handle.result();
    expect(call.done).toEqual([
      [30, "reminded"],
      [60, "reminded"],
      [90, "reminded"],
      [100, "removed: resolved"],
    ]);
  });

  test("goes on through changes that resolve nothing", async () => {
    await using call = await startCall("changed", { forMs: hourMs });
    await call.handle.signal("facts", factsOf("monitoring", 2));
    await call.handle.result();
    expect(call.done.map(([, what]) => what)).toEqual(["reminded", "reminded", "removed: last"]);
  });

  test("is not ended by news that is older than what it knows", async () => {
    await using call = await startCall("older", { forMs: hourMs });
    await call.handle.signal("facts", factsOf("monitoring", 5));
    await call.handle.signal("facts", factsOf("resolved", 4));
    await call.handle.result();
    expect(call.done.at(-1)?.[1]).toBe("removed: last");
  });

  test("ends when it has gone on for as long as it may", async () => {
    await using call = await startCall("bounded", { everyMs: 2 * hourMs, forMs: 5 * hourMs });
    await call.handle.result();
    expect(call.done).toEqual([
      [120, "reminded"],
      [240, "reminded"],
      [240, "removed: last"],
    ]);
  });

  test("for an incident that is resolved already is removed at once", async () => {
    await using call = await startCall("late", { status: "resolved" });
    await call.handle.result();
    expect(call.done).toEqual([[0, "removed: resolved"]]);
  });

  test("whose meeting is gone ends without a word more", async () => {
    await using call = await startCall("gone", { goneAt: 2 });
    await call.handle.result();
    expect(call.done.map(([, what]) => what)).toEqual(["reminded", "reminded"]);
  });

  test("that people are in is removed when they have left", async () => {
    await using call = await startCall("in-use", { forMs: 30 * minuteMs, liveTries: 10 });
    await call.handle.result();
    const [minutes, what] = call.done.at(-1)!;
    expect(what).toBe("removed: last");
    expect(minutes).toBeGreaterThan(40);
  });

  test("that cannot be removed for a day is left, which is said", async () => {
    await using call = await startCall("stuck", { forMs: 30 * minuteMs, liveTries: Infinity });
    await call.handle.result();
    expect(call.done.at(-1)?.[1]).toBe("left");
  });

  test("that an operator cancels is removed too", async () => {
    await using call = await startCall("cancelled");
    await call.environment.sleep(45 * minuteMs);
    await call.handle.cancel();
    await expect(call.handle.result()).rejects.toThrow(/cancel/i);
    expect(call.done).toEqual([
      [30, "reminded"],
      [45, "removed: cancelled"],
    ]);
  });
});

const runbook = `key: rb
title: The runbook
trigger: { on: [incident.created] }
steps:
  - { id: call, action: zoom.schedule_recurring_meeting, input: { topic: Status, every: 30m } }`;

test("an incident starts a status call, tells it of its resolution, and forgets it when it has ended", async () => {
  const ended: string[] = [];
  let reminders = 0;
  const meeting_id = `m${Date.now()}`;
  const calls = (): StatusCall => ({
    meetingId: meeting_id,
    topic: "Status",
    joinUrl: "https://zoom.example/j/1",
    everyMs: 500,
    firstAtMs: Date.now() + 500,
    lastAtMs: Date.now() + 24 * hourMs,
  });
  await using world = await startWorld("status call", {
    runbooks: [runbook],
    actions: {
      "zoom.schedule_recurring_meeting": () => ({
        outputs: { meeting_id },
        effects: { statusCalls: [calls()] },
      }),
    },
    activities: {
      remindOfStatusCall: async () => {
        reminders += 1;
        return { isGone: false };
      },
      removeStatusCall: async ({ end }: { end: string }) => void ended.push(end),
    },
  });
  const incident = await world.declare();
  await incident.outcome("rb");
  const workflowId = statusCallWorkflowId(meeting_id);
  const open = async () => Object.keys((await incident.handle.query<{ open: object }>("memory")).open);
  await until("the status call", async () => (await open()).includes(workflowId));
  await until("two reminders", () => reminders >= 2);

  await incident.handle.executeUpdate("change", {
    args: [{ patch: { status: "resolved" }, by: { name: "Dee" } }],
  });
  await world.client.workflow.getHandle(workflowId).result();
  expect(ended).toEqual(["resolved"]);
  await until("the end of it", async () => !(await open()).includes(workflowId));
});
