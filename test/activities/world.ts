import { afterAll } from "@jest/globals";
import { MockActivityEnvironment } from "@temporalio/testing";
import { DefaultLogger } from "@temporalio/worker";
import type { ActivityDeps } from "../../activities/index.ts";
import { createActivities } from "../../activities/index.ts";
import { declaredIncident } from "../../domain/incident.ts";
import type { Json, StepRequest, StepResult } from "../../domain/plan.ts";
import { displayText } from "../../domain/template.ts";
import { startSimulator } from "../../simulator/app.ts";
import type { Store } from "../../store/index.ts";
import { openStore } from "../../store/index.ts";
import { serverToServerAccount } from "../../worker/zoomAccount.ts";

/** A PGlite takes seconds to open: one for all tests of a file, each with an incident of its own. */
let opened: Promise<Store> | undefined;
let incidents = 0;

afterAll(async () => (await opened)?.close());

const declare = async (store: Store): Promise<string> => {
  incidents += 1;
  const id = `inc-${incidents}`;
  await store.incidents.declare(
    declaredIncident({ title: "Checkout is down", severity: "1" }, id, new Date().toISOString()),
  );
  return id;
};

const quiet = new DefaultLogger("ERROR");

/** The actions against the simulator and a store in memory, each run as Temporal would run it. */
export const startActions = async () => {
  const simulator = await startSimulator();
  opened ??= openStore({});
  const store = await opened;
  const incidentId = await declare(store);
  const zoom = serverToServerAccount({
    apiUrl: `${simulator.url}/v2`,
    oauthUrl: `${simulator.url}/oauth`,
    accountId: "sim-account",
    clientId: "sim-client",
    clientSecret: "sim-secret",
    hosts: ["host1@example.com", "host2@example.com"],
  });
  const activities = createActivities({ store, zoom } satisfies ActivityDeps);

  const control = async <T>(path: string, body?: object): Promise<T> => {
    const answer = await fetch(`${simulator.url}/_sim${path}`, {
      ...(body && {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return (await answer.json()) as T;
  };

  /** Runs one action; `attempt` as Temporal counts it. */
  const perform = (
    key: string,
    input: { [field: string]: Json },
    more: Partial<StepRequest> & { attempt?: number } = {},
  ) => {
    const { attempt = 1, ...fields } = more;
    const request: StepRequest = {
      incidentId,
      executionId: `runbook-${incidentId}-test-1`,
      runbook: "test",
      step: "step",
      title: "The step",
      round: 1,
      input,
      ...fields,
    };
    const environment = new MockActivityEnvironment({ attempt }, { logger: quiet });
    return environment.run(
      activities[key] as (given: StepRequest) => Promise<StepResult>,
      request,
    ) as Promise<StepResult>;
  };

  /** Another activity than an action, as Temporal would run it. */
  const run = <T>(activity: string, request: object): Promise<T> => {
    const environment = new MockActivityEnvironment({}, { logger: quiet });
    const given = activities as unknown as Record<string, (request: object) => Promise<T>>;
    return environment.run(given[activity] as (request: object) => Promise<T>, request);
  };

  return {
    store,
    incidentId,
    run,
    control,
    timeline: () => store.timeline.list(incidentId, { limit: 100 }),
    perform,
    /** A bridge to work on; its meeting id comes back. */
    bridge: async (input: { [field: string]: Json } = {}): Promise<string> => {
      const { outputs } = await perform("zoom.create_meeting", {
        topic: "A call",
        settings: { auto_recording: "cloud" },
        ...input,
      });
      return displayText(outputs["meeting_id"]);
    },
    meetings: async () =>
      (await control<{ meetings: SimulatedMeeting[] }>("/state")).meetings.filter(({ deleted }) => !deleted),
    [Symbol.asyncDispose]: async () => {
      await simulator.close();
    },
  };
};

export type SimulatedMeeting = {
  id: number;
  host_email: string;
  topic: string;
  agenda: string;
  deleted: boolean;
  settings: Record<string, unknown>;
};
