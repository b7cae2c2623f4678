import { randomUUID } from "node:crypto";
import type { Client } from "@temporalio/client";
import { ApplicationFailure } from "@temporalio/common";
import { Worker } from "@temporalio/worker";
import type { FollowUpActivities, Revision } from "../../domain/followUp.ts";
import { followUpWorkflowId } from "../../domain/followUp.ts";
import { declaredIncident } from "../../domain/incident.ts";
import type { Incident, IncidentPatch } from "../../domain/incident.ts";
import { newLife } from "../../domain/meetingLife.ts";
import type {
  CoreActivities,
  IncidentInput,
  IncidentMemory,
  MeetingActivities,
} from "../../domain/messages.ts";
import { incidentWorkflowId, meetingWorkflowId } from "../../domain/messages.ts";
import type { FollowUpMade } from "../../domain/plan.ts";
import type { TimelineEvent } from "../../domain/timeline.ts";
import { recordHistory } from "../replay/histories.ts";
import {
  registerSearchAttributes,
  taskQueueFor,
  timeSkippingEnvironment,
  workflowBundle,
} from "../support/temporal.ts";
import { until } from "./world.ts";

export const hourMs = 3_600_000;

/** `movedToMs`: somebody moved it in Zoom. */
type Meeting = { made: FollowUpMade; isThere: boolean; movedToMs?: number };

/** Follow-ups as the activities would keep them: one starts so long after the resolution. */
const createZoom = (now: () => Promise<number>, offsetMs: number, remindBeforeMs: number[]) => {
  const meetings: Meeting[] = [];
  const events: { kind: string; atMs: number }[] = [];
  const failures: Error[] = [];
  const happened = async (kind: string) => void events.push({ kind, atMs: await now() });

  const make = (resolvedAt: string | null): FollowUpMade => {
    const made = {
      meetingId: String(85_000_000_001 + meetings.length),
      topic: "Review",
      startsAtMs: Date.parse(resolvedAt ?? "") + offsetMs,
      resolvedAt,
      remindBeforeMs,
    };
    meetings.push({ made, isThere: true });
    return made;
  };

  const activities: FollowUpActivities = {
    reviseFollowUp: async ({ meetingId, resolvedAt }): Promise<Revision> => {
      const failure = failures.shift();
      if (failure) throw failure;
      const meeting = meetings.find(({ made }) => made.meetingId === meetingId);
      if (!meeting) return { outcome: "gone" };
      if (!meeting.isThere && resolvedAt !== null) {
        const made = make(resolvedAt);
        await happened("scheduled");
        return { outcome: "anew", made };
      }
      if (resolvedAt === null) {
        if (meeting.isThere) await happened("withdrawn");
        meeting.isThere = false;
        return { outcome: "withdrawn" };
      }
      meeting.made = { ...meeting.made, resolvedAt, startsAtMs: Date.parse(resolvedAt) + offsetMs };
      await happened("moved");
      return { outcome: "moved", made: meeting.made };
    },
    remindFollowUp: async ({ meetingId, startsAtMs, isStart }) => {
      const meeting = meetings.find(({ made }) => made.meetingId === meetingId);
      if (!meeting?.isThere) return { outcome: "gone" };
      const { movedToMs = startsAtMs } = meeting;
      if (movedToMs !== startsAtMs) return { outcome: "moved", startsAtMs: movedToMs };
      if (isStart) return { outcome: "reminded" };
      await happened("reminded");
      return { outcome: "reminded" };
    },
  };
  return { meetings, events, failures, make, activities };
};

const isRunning = (client: Client, { meetingId }: FollowUpMade): Promise<boolean> =>
  client.workflow
    .getHandle(followUpWorkflowId(meetingId))
    .describe()
    .then(
      ({ status }) => status.name === "RUNNING",
      () => false,
    );

type Options = { offsetMs?: number; remindBeforeMs?: number[]; evict?: boolean };

/** An incident with its follow-ups on a server whose clock skips ahead; what Zoom and the store do is kept in memory. */
export const startFollowUps = async (
  title: string,
  { offsetMs = 24 * hourMs, remindBeforeMs = [15 * 60_000], evict = false }: Options = {},
) => {
  const environment = await timeSkippingEnvironment();
  const { client } = environment;
  await registerSearchAttributes(environment);
  const taskQueue = taskQueueFor(title);
  const now = () => environment.currentTimeMs();
  const zoom = createZoom(now, offsetMs, remindBeforeMs);
  const timeline: TimelineEvent[] = [];
  const core: CoreActivities = {
    planRunbooks: async () => [],
    recallIncident: async () => ({
      isNew: false,
      bridge: null,
      starts: {},
      followUps: zoom.meetings.map(({ made }) => made.meetingId).slice(-1),
    }),
    recordEvents: async ({ events }) => void timeline.push(...events),
  };
  // Nobody ever joins. (This server stops skipping once a child ends after its parent.)
  const meetings = {
    meetingNow: async () => ({ life: newLife(), headCount: null, follow: {} }),
    watchMeeting: async () => {
      throw ApplicationFailure.create({ type: "not_ready", nextRetryDelay: "30 days" });
    },
  } satisfies Partial<MeetingActivities>;
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    namespace: environment.namespace,
    taskQueue,
    workflowBundle,
    activities: { ...core, ...meetings, ...zoom.activities },
    // More workflows than there is room for: nearly each task replays its history from the beginning.
    ...(evict && { maxCachedWorkflows: 2 }),
  });
  const running = worker.run();
  const id = `t${randomUUID()}`;
  const workflowId = incidentWorkflowId(id);
  const start = (incident: Incident, recall = false) =>
    client.workflow.start("incident", {
      taskQueue,
      workflowId,
      args: [{ incident, ...(recall && { recall }) } satisfies IncidentInput],
    });
  const declared = declaredIncident({ title, severity: "1" }, id, new Date(await now()).toISOString());
  await start(declared);
  const handle = client.workflow.getHandle(workflowId);
  let incident = declared;
  const change = async (patch: IncidentPatch): Promise<Incident> => {
    incident = await handle.executeUpdate<Incident, [object]>("change", {
      args: [{ patch, by: { name: "Dee" } }],
    });
    return incident;
  };

  return {
    ...zoom,
    timeline,
    handle,
    now,
    sleep: (ms: number) => environment.sleep(ms),
    change,
    resolve: () => change({ status: "resolved" }),
    reopen: () => change({ status: "investigating" }),
    restart: () => start(incident, true),
    /** What a run of a runbook tells of the follow-up that it has made, or moved. */
    schedule: async (made = zoom.make(incident.resolved_at)): Promise<FollowUpMade> => {
      const report = {
        executionId: `runbook-${id}-follow-up-1`,
        state: "completed",
        waitingFor: [],
        factsVersion: 99,
        effects: [{ followUps: [made] }],
      };
      await handle.signal("news", { type: "execution", report });
      await until("its follow-up", () => isRunning(client, made));
      return made;
    },
    /** A step of a run changes the incident. */
    changeByRun: (patch: IncidentPatch) => {
      const report = {
        executionId: `runbook-${id}-other-1`,
        state: "completed",
        waitingFor: [],
        factsVersion: 99,
        effects: [{ patch }],
      };
      return handle.signal("news", { type: "execution", report });
    },
    memory: () => handle.query<IncidentMemory>("memory"),
    followUp: ({ meetingId }: FollowUpMade) => client.workflow.getHandle(followUpWorkflowId(meetingId)),
    isRunning: (made: FollowUpMade) => isRunning(client, made),
    isFollowed: async ({ meetingId }: FollowUpMade) => {
      const { status } = await client.workflow.getHandle(meetingWorkflowId(meetingId)).describe();
      return status.name === "RUNNING";
    },
    incident: () => incident,
    [Symbol.asyncDispose]: async () => {
      const [first] = zoom.meetings;
      await recordHistory(client, { workflowId, type: "incident" }, title);
      if (first) {
        const followUpId = followUpWorkflowId(first.made.meetingId);
        await recordHistory(client, { workflowId: followUpId, type: "followUp" }, title);
      }
      worker.shutdown();
      await running;
      await environment.close();
    },
  };
};
