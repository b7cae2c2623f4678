import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Cost } from "../bench/cost.ts";
import { costByType, totalOf } from "../bench/cost.ts";
import { recordOf } from "../bench/histories.ts";
import type { Incident } from "./story.ts";
import { declare, people, recordingDelayMs, recordingIsAwaited } from "./story.ts";
import type { Topology } from "./support.ts";
import { startTopology, withoutPostgres } from "./support.ts";

const few = 5;
const many = 200;
const talkMs = 1100;

/** News that come close together are told at once, or apart in two: each is a signal and a task, of three events. */
const mostMore = { actions: 2, events: 12 };

/** Attendance lists up to 200 people: once as the step's result and once as the run's. */
const mostBytesOfAPerson = 2 * 250;

(withoutPostgres === undefined ? describe : describe.skip)("A call of 200 people", () => {
  let world: Topology;
  let costOfFew: Cost;
  let costOfMany: Cost;

  beforeAll(async () => {
    world = await startTopology({ title: "crowd" });
    const users = [1, 2, 3, 4, 5].map((n) => ({ email: `host${n}@example.com`, largeMeeting: many }));
    await world.zoom.settings({ users, recordingDelayMs, transcriptDelayMs: null });
    costOfFew = await costOfLifeWith(few);
    costOfMany = await costOfLifeWith(many);
  }, 120_000);
  afterAll(() => world.close());

  /** The responders and others join, some leave and come back; attendance and recording are told in the end. */
  const costOfLifeWith = async (count: number): Promise<Cost> => {
    const { zoom } = world;
    const others = Array.from({ length: count - 3 }, (_, n) => ({ name: `Person ${n}` }));
    const restless = others.filter((_, index) => index % 2 === 0);
    const incident = await declare(world);
    await incident.hear("runbook.waiting");
    const meetingId = await incident.meetingId();
    await zoom.join(meetingId, [...Object.values(people), ...others]);
    await sleep(talkMs);
    await zoom.leave(meetingId, restless);
    await zoom.join(meetingId, restless);
    await zoom.end(meetingId);
    const attendance = await incident.hear("attendance.ready");
    expect(attendance.data?.["count"]).toBe(count);
    await recordingIsAwaited(incident);
    await zoom.advance(recordingDelayMs);
    await incident.hear("runbook.completed");
    return costWhenQuiet(incident, meetingId);
  };

  const costWhenQuiet = async ({ id, executionId }: Incident, meetingId: string): Promise<Cost> => {
    const cost = async (): Promise<Cost> => {
      const workflowIds = [`incident-${id}`, executionId, `meeting-${meetingId}`];
      const recorded = workflowIds.map((each) => recordOf(world.temporal.client, each));
      return totalOf(costByType(await Promise.all(recorded)).map((each) => each.cost));
    };
    for (let before = await cost(); ;) {
      await sleep(1000);
      const now = await cost();
      if (isDeepStrictEqual(now, before)) return now;
      before = now;
    }
  };

  test.each(["activity", "signal", "timer"] as const)(
    "asks no more of its workflows than one of five people: %s",
    (kind) => {
      expect(costOfFew[kind]).toBeGreaterThan(0);
      expect(costOfMany[kind]).toBeLessThanOrEqual(costOfFew[kind] + mostMore.actions);
    },
  );

  test("leaves the same history, but for the people that attendance lists", () => {
    expect(costOfMany.events).toBeLessThanOrEqual(costOfFew.events + mostMore.events);
    expect(costOfMany.bytes).toBeLessThanOrEqual(costOfFew.bytes + (many - few) * mostBytesOfAPerson);
  });
});
