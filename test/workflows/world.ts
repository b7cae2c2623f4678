import { randomUUID } from "node:crypto";
import type { Client } from "@temporalio/client";
import { ApplicationFailure } from "@temporalio/common";
import { Worker } from "@temporalio/worker";
import { createRunbooksClient } from "../../client/temporal.ts";
import { declaredIncident } from "../../domain/incident.ts";
import type { Incident, Person } from "../../domain/incident.ts";
import { lintRunbook } from "../../domain/lint.ts";
import type { MeetingEvent, MeetingLife } from "../../domain/meetingLife.ts";
import { newLife, withTold } from "../../domain/meetingLife.ts";
import type { CoreActivities, MeetingActivities, PlanRequest } from "../../domain/messages.ts";
import { executionId, incidentWorkflowId } from "../../domain/messages.ts";
import { lifeChange } from "../../domain/milestones.ts";
import type { Execution, StepRequest, StepResult } from "../../domain/plan.ts";
import type { Planning } from "../../domain/planning.ts";
import { declaration, planning, unbegun } from "../../domain/planning.ts";
import type { Runbook } from "../../domain/runbook.ts";
import type { TimelineEvent } from "../../domain/timeline.ts";
import { catalogue } from "../../activities/actions/index.ts";
import { tellIncident } from "../../activities/tellIncident.ts";
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

  const plan = (request: PlanRequest): Planning => {
    const made = planning(request, runbooks, { catalogue });
    incidents.push(request.incident);
    append(request.events);
    for (const each of made.started) executions.set(each.id, each);
    return made;
  };

  const core: CoreActivities = {
    planRunbooks: async (request) => plan(request).planned,
    recallIncident: async ({ incidentId }) => ({
      isNew: events.length === 0,
      bridge: null,
      starts: Object.fromEntries([...executions.values()].map((each) => [each.runbook, 1])),
      unbegun: incidents
        .filter(({ id }) => id === incidentId)
        .slice(-1)
        .flatMap((each) => unbegun(each, [...executions.values()], runbooks, { catalogue }, Date.now())),
    }),
    recordEvents: async ({ events: added, execution, tell }) => {
      append(added);
      if (execution) executions.set(execution.id, execution);
      return tell && tellIncident(tell);
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
    callMissing: async () => undefined,
    tellAttendance: async ({ meetingId, uuid }) => {
      // Nothing is recorded here.
      lives.set(meetingId, withTold(lifeOf(meetingId), uuid, { attendance: true, settled: true }));
    },
    tellRecordings: async () => undefined,
    endCall: async () => undefined,
    recordMeeting: async () => undefined,
    observeMeeting: async () => [],
  };

  const attempts = new Map<string, number>();
  const stubs = Object.fromEntries(
    [...catalogue.keys()].map((key) => [
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
  const declarer = declarations({ client, taskQueue, title, plan });

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
      const incidentId = incidents.at(-1)?.id ?? "";
      await declarer.runbooks.signalMeeting({ meetingId, incidentId, topic: "The bridge" }, event);
    },
    ...declarer,
    [Symbol.asyncDispose]: async () => {
      await recordHistories(client, taskQueue, title);
      worker.shutdown();
      await running;
      await environment.close();
    },
  };
};

const parsed = (text: string): Runbook => {
  const { runbook, marks } = lintRunbook(text, { catalogue });
  if (!runbook) throw new Error(JSON.stringify(marks));
  return runbook;
};

type Declarer = {
  client: Client;
  taskQueue: string;
  title: string;
  plan: (request: PlanRequest) => Planning;
};

const declarations = ({ client, taskQueue, title, plan }: Declarer) => {
  const runbooks = createRunbooksClient(client, { taskQueue });
  const note = (fields: Partial<Incident>) => {
    // All files share one server, and jest runs several in one process.
    const id = `t${randomUUID()}`;
    const made = declaredIncident({ title, severity: "1" }, id, new Date().toISOString());
    const incident = { ...made, ...fields };
    return { incident, planned: plan(declaration(incident)).planned };
  };
  return {
    runbooks,
    /** As the gateway does. */
    declare: async (fields: Partial<Incident> = {}) => {
      const { incident, planned } = note(fields);
      await runbooks.declareIncident(incident, { planned });
      return declared(client, incident);
    },
    /** As the gateway does that dies before it starts anything. */
    onlyNote: (fields: Partial<Incident> = {}) => {
      const { incident, planned } = note(fields);
      return { ...declared(client, incident), planned };
    },
  };
};

const declared = (client: Client, incident: Incident) => {
  const { id } = incident;
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
