import { describe, expect, test } from "@jest/globals";
import { Worker } from "@temporalio/worker";
import type { MeetingEvent } from "../../domain/meetingLife.ts";
import type { CoreActivities, MeetingWorkflowInput } from "../../domain/messages.ts";
import type { TimelineEvent } from "../../domain/timeline.ts";
import { taskQueueFor, timeSkippingEnvironment, workflowBundle } from "../support/temporal.ts";

const hourMs = 3_600_000;

type Looks = (look: number, nowMs: number) => MeetingEvent[];

/** Follows one meeting of which no webhook ever tells; `looks` is what Zoom shows at each look. */
const follow = async (title: string, looks: Looks, input: Partial<MeetingWorkflowInput> = {}) => {
  await using environment = await timeSkippingEnvironment();
  const taskQueue = taskQueueFor(title);
  const events: TimelineEvent[] = [];
  const lookedAtMs: number[] = [];
  const startedMs = await environment.currentTimeMs();
  const activities: Pick<CoreActivities, "observeMeeting" | "recordMeeting"> = {
    observeMeeting: async () => {
      const nowMs = await environment.currentTimeMs();
      lookedAtMs.push(nowMs - startedMs);
      return looks(lookedAtMs.length, nowMs);
    },
    recordMeeting: async ({ events: added }) => void events.push(...added),
  };
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    namespace: environment.namespace,
    taskQueue,
    workflowBundle,
    activities,
  });
  await worker.runUntil(
    environment.client.workflow.execute("meeting", {
      taskQueue,
      workflowId: `meeting-${title}`,
      args: [{ meetingId: "1", incidentId: "none", topic: "Bridge", expected: [], ...input }],
    }),
  );
  return { kinds: events.map(({ kind }) => kind), lookedAtMs };
};

describe("a meeting whose webhooks are all lost", () => {
  test("is looked at, ends on the timeline with its recording noticed, and is let go a day later", async () => {
    const { kinds, lookedAtMs } = await follow("lost", (look, nowMs) => {
      if (look === 2) return [{ type: "started", uuid: "u", atMs: nowMs - 60_000 }];
      if (look === 3) return [{ type: "ended", uuid: "u", atMs: nowMs - 30_000 }];
      return look === 4 ? [{ type: "recording_completed", uuid: "u", atMs: nowMs }] : [];
    });
    expect(kinds).toEqual(["meeting.started", "meeting.ended"]);
    // Two minutes, four more, and so on; nothing more once the recording is there, until the day is over.
    expect(lookedAtMs.slice(0, 2).map((ms) => Math.round(ms / 60_000))).toEqual([2, 6]);
    expect(lookedAtMs.length).toBeLessThan(7);
  });

  test("that nobody ever joins is given up after two days, having cost few looks", async () => {
    const { kinds, lookedAtMs } = await follow("idle", () => []);
    expect(kinds).toEqual([]);
    expect(lookedAtMs.length).toBeLessThan(100);
    expect((lookedAtMs.at(-1) ?? 0) / hourMs).toBeGreaterThan(40);
  });

  test("that is scheduled for next week is not looked at before", async () => {
    const startsAtMs = Date.now() + 7 * 24 * hourMs;
    const { lookedAtMs } = await follow("later", (_look, nowMs) => [{ type: "deleted", atMs: nowMs }], {
      startsAtMs,
    });
    expect((lookedAtMs[0] ?? 0) / hourMs).toBeGreaterThan(24 * 6);
  });
});
