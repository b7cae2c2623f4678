import { randomUUID } from "node:crypto";
import type { Client } from "@temporalio/client";
import { ApplicationFailure } from "@temporalio/common";
import { Worker } from "@temporalio/worker";
import type { ActionFacts, Catalogue } from "../../domain/catalogue.ts";
import { compile } from "../../domain/compile.ts";
import { declaredIncident } from "../../domain/incident.ts";
import type { Incident, Person } from "../../domain/incident.ts";
import { lintRunbook } from "../../domain/lint.ts";
import type { MeetingEvent, MeetingLife } from "../../domain/meetingLife.ts";
import { newLife, withTold } from "../../domain/meetingLife.ts";
import type { CoreActivities, IncidentInput, MeetingActivities } from "../../domain/messages.ts";
import { executionId, incidentWorkflowId, meetingWorkflowId } from "../../domain/messages.ts";
import { lifeChange } from "../../domain/milestones.ts";
import type { Execution, StepRequest, StepResult } from "../../domain/plan.ts";
import type { Runbook } from "../../domain/runbook.ts";
import type { TimelineEvent } from "../../domain/timeline.ts";
import { triggeredRunbooks } from "../../domain/triggers.ts";
import { catalogue } from "../../activities/actions/index.ts";
import { recordHistories } from "../replay/histories.ts";
import { taskQueueFor, testEnvironment, workflowBundle } from "../support/temporal.ts";

export type ActionStub = (request: StepRequest, attempt: number) => StepResult | Promise<StepResult>;

/** A worker with the real workflows, whose activities keep everything in memory. Ends itself with `await using`. */
export const startWorld = async (
  title: string,
  options: { runbooks?: string[]; actions?: Record<string, ActionStub>; activities?: object },
) => {
  const environment = await testEnvironment();
  const taskQueue = taskQueueFor(title);
  const events: TimelineEvent[] = [];
  const calls: StepRequest[] = [];
  const executions = new Map<string, Execution>();
  const incidents: Incident[] = [];
  const runbooks = (options.runbooks ?? []).map(parsed);

  const append = (added: TimelineEvent[]) => {
    for (const event of added) if (!events.some(({ id }) => id === event.id)) events.push(event);
  };

  const core: CoreActivities = {
    planRunbooks: async ({ incident, change, events: added, starts, execute }) => {
      incidents.push(incident);
      const chosen = execute
        ? runbooks.filter(({ key }) => key === execute.runbook)
        : change
          ? triggeredRunbooks(runbooks, incident, change, starts)
          : [];
      append(added);
      return chosen.map((runbook) => ({
        executionId: executionId(incident.id, runbook.key, (starts[runbook.key] ?? 0) + 1),
        plan: compile(runbook, catalogue as Catalogue, execute?.inputs ?? {}),
      }));
    },
    recallIncident: async () => ({ isNew: events.length === 0, bridge: null, starts: {} }),
    recordEvents: async ({ events: added, execution }) => {
      append(added);
      if (execution) executions.set(execution.id, execution);
    },
  };

  const lives = new Map<string, MeetingLife>();
  const lifeOf = (meetingId: string): MeetingLife => lives.get(meetingId) ?? newLife();
  const meetings: MeetingActivities = {
    meetingNow: async ({ meetingId }) => ({ life: lifeOf(meetingId), headCount: null, follow: {} }),
    watchMeeting: async () => {
      throw ApplicationFailure.create({ type: "not_ready", nextRetryDelay: "1 hour" });
    },
    tellMissing: async () => undefined,
    tellAttendance: async ({ meetingId, uuid }) => {
      lives.set(meetingId, withTold(lifeOf(meetingId), uuid, { attendance: true }));
    },
    tellRecordings: async () => undefined,
    endCall: async () => undefined,
    recordMeeting: async () => undefined,
    observeMeeting: async () => [],
  };

  const attempts = new Map<string, number>();
  const stubs = Object.fromEntries(
    [...(catalogue as ReadonlyMap<string, ActionFacts>).keys()].map((key) => [
      key,
      async (request: StepRequest): Promise<StepResult> => {
        calls.push(request);
        append(request.notes ?? []);
        const attempt = (attempts.get(`${request.executionId}/${request.step}`) ?? 0) + 1;
        attempts.set(`${request.executionId}/${request.step}`, attempt);
        return options.actions?.[key]?.(request, attempt) ?? { outputs: {} };
      },
    ]),
  );

  const worker = await Worker.create({
    connection: environment.nativeConnection,
    namespace: environment.namespace,
    taskQueue,
    workflowBundle,
    activities: { ...core, ...meetings, ...stubs, ...options.activities },
    shutdownGraceTime: "1 second",
  });
  const running = worker.run();
  const { client } = environment;

  return {
    client,
    taskQueue,
    events,
    calls,
    incidents,
    executions,
    kinds: () => events.map(({ kind }) => kind),
    /** What Zoom tells of a meeting, as the gateway writes it and passes it on. */
    zoomTells: async (meetingId: string, event: MeetingEvent, expected: Person[] = []) => {
      const scope = { meetingId, topic: "The bridge", expected };
      const change = lifeChange(lifeOf(meetingId), [event], scope, Date.now());
      lives.set(meetingId, change.life);
      append(change.events);
      await client.workflow.getHandle(meetingWorkflowId(meetingId)).signal("zoom", event);
    },
    declare: (fields: Partial<Incident> = {}) => declare(client, taskQueue, title, fields),
    [Symbol.asyncDispose]: async () => {
      await recordHistories(client, taskQueue, title);
      worker.shutdown();
      await running;
      await environment.close();
    },
  };
};

const parsed = (text: string): Runbook => {
  const { runbook, marks } = lintRunbook(text, catalogue as Catalogue);
  if (!runbook) throw new Error(JSON.stringify(marks));
  return runbook;
};

const declare = async (client: Client, taskQueue: string, title: string, fields: Partial<Incident>) => {
  // All files share one server, and jest runs several in one process.
  const id = `t${randomUUID()}`;
  const incident = { ...declaredIncident({ title, severity: "1" }, id, new Date().toISOString()), ...fields };
  await client.workflow.start("incident", {
    taskQueue,
    workflowId: incidentWorkflowId(id),
    args: [{ incident } satisfies IncidentInput],
  });
  return {
    id,
    incident,
    handle: client.workflow.getHandle(incidentWorkflowId(id)),
    run: (key: string, n = 1) => client.workflow.getHandle(executionId(id, key, n)),
    /** What a run comes to, once the incident's workflow has started it. */
    outcome: async (key: string, n = 1): Promise<Execution> => {
      const run = client.workflow.getHandle(executionId(id, key, n));
      await until(`start of ${key}`, () => run.describe().then(Boolean, () => false));
      return run.result() as Promise<Execution>;
    },
  };
};

/** Waits until something holds, and says what did not when it never does. */
export const until = async (
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 15_000,
): Promise<void> => {
  const deadlineMs = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > deadlineMs) throw new Error(`${what}: did not come within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
};
