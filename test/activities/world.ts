import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "@jest/globals";
import { MockActivityEnvironment } from "@temporalio/testing";
import { DefaultLogger } from "@temporalio/worker";
import type { ActivityDeps } from "../../activities/index.ts";
import { createActivities } from "../../activities/index.ts";
import { folderArchive } from "../../archive/folder.ts";
import type { Archive } from "../../archive/types.ts";
import { declaredIncident } from "../../domain/incident.ts";
import type { MeetingEvent, MeetingLife } from "../../domain/meetingLife.ts";
import type { Json, StepRequest, StepResult } from "../../domain/plan.ts";
import { displayText } from "../../domain/template.ts";
import type { OutsideOptions } from "../../outgoing/outside.ts";
import { createOutside } from "../../outgoing/outside.ts";
import type { Control } from "../support/control.ts";
import { controlOf } from "../support/control.ts";
import { oneAccount } from "../support/oneAccount.ts";
import { openMemoryStore } from "../support/memoryStore.ts";
import { startSimulator } from "../support/simulator.ts";
import type { Store } from "../../store/index.ts";
import { serverToServerAccount } from "../../connectors/zoomAccount.ts";

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

/** The database has a clock of its own, which nothing skips. */
const onClock = (store: Store, aheadMs: () => number): Store => {
  const aheadThen = new Map<string, number>();
  const begin: Store["intents"]["begin"] = async (key, given) => {
    const skippedMs = aheadMs() - (aheadThen.get(key) ?? aheadMs());
    if (!aheadThen.has(key)) aheadThen.set(key, aheadMs());
    const { triedAgoMs, ...intent } = await store.intents.begin(key, given);
    return { ...intent, triedAgoMs: triedAgoMs === null ? null : triedAgoMs + skippedMs };
  };
  return { ...store, intents: { ...store.intents, begin } };
};

const quiet = new DefaultLogger("ERROR");

/** The actions against the simulator and a store in memory, each run as Temporal would run it. */
export const startActions = async (given: OutsideOptions & { archive?: Archive | undefined } = {}) => {
  const simulator = await startSimulator();
  opened ??= openMemoryStore();
  const real = await opened;
  let aheadMs = 0;
  const store = onClock(real, () => aheadMs);
  const incidentId = await declare(store);
  const zoom = serverToServerAccount({
    apiUrl: `${simulator.url}/v2`,
    oauthUrl: `${simulator.url}/oauth`,
    accountId: "sim-account",
    clientId: "sim-client",
    clientSecret: "sim-secret",
    hosts: ["host1@example.com", "host2@example.com"],
  });
  const folder = await mkdtemp(join(tmpdir(), "archive-"));
  const archive = "archive" in given ? given.archive : folderArchive(folder);
  const outside = createOutside(given);
  const nowMs = () => Date.now() + aheadMs;
  const activities = createActivities({
    store,
    zoom: oneAccount(zoom),
    archive,
    outside,
    nowMs,
  } satisfies ActivityDeps);

  const tell = controlOf(simulator.url);
  const control: Control = async (path, body) => {
    // Our time and Zoom's move together.
    if (body && "advanceMs" in body) aheadMs += Number(body.advanceMs);
    return tell(path, body);
  };

  /** Zoom itself, past everything of ours. */
  const raw = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const form = new URLSearchParams({ grant_type: "account_credentials", account_id: "sim-account" });
    const basic = Buffer.from("sim-client:sim-secret").toString("base64");
    const token = await fetch(`${simulator.url}/oauth/token`, {
      method: "POST",
      headers: { authorization: `Basic ${basic}` },
      body: form,
    });
    const { access_token } = (await token.json()) as { access_token: string };
    const answer = await fetch(`${simulator.url}/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${access_token}` },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return (text === "" ? {} : JSON.parse(text)) as T;
  };

  /** Runs one action; `attempt` as Temporal counts it. */
  const perform = (
    key: string,
    input: { [field: string]: Json },
    more: Partial<StepRequest> & { attempt?: number; askedAtMs?: number } = {},
  ) => {
    const { attempt = 1, askedAtMs = Date.now(), ...fields } = more;
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
    const environment = new MockActivityEnvironment(
      { attempt, scheduledTimestampMs: askedAtMs },
      { logger: quiet },
    );
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
    client: zoom.client,
    /** Asked of Zoom's API: method and path, and the query if there is one. */
    requests: async () => {
      const { requests } = await control<{ requests: SimulatedRequest[] }>("/requests");
      return requests
        .filter(({ path }) => path.startsWith("/v2"))
        .map(({ method, path, query }) =>
          Object.keys(query).length === 0 ? [method, path] : [method, path, query],
        );
    },
    timeline: () => store.timeline.list(incidentId, { limit: 100 }),
    perform,
    /** Zoom's API, for what no action does. */
    zoom: {
      get: <T>(path: string) => raw<T>("GET", path),
      post: (path: string, body: object) => raw("POST", path, body),
      patch: (path: string, body: object) => raw("PATCH", path, body),
      put: (path: string, body: object) => raw("PUT", path, body),
      delete: (path: string) => raw("DELETE", path),
    },
    folder,
    /** A bridge to work on; its meeting id comes back. */
    bridge: async (input: { [field: string]: Json } = {}): Promise<string> => {
      const { outputs } = await perform("zoom.create_meeting", {
        topic: "A call",
        settings: { auto_recording: "cloud" },
        ...input,
      });
      return displayText(outputs["meeting_id"]);
    },
    /** A webinar to work on; its id comes back. */
    webinar: async (input: { [field: string]: Json } = {}): Promise<string> => {
      const { outputs } = await perform(
        "zoom.create_webinar",
        { topic: "A briefing", settings: { auto_recording: "cloud" }, ...input },
        { step: "webinar" },
      );
      return displayText(outputs["webinar_id"]);
    },
    /** What a look at Zoom finds that is not known of a meeting or webinar. */
    observe: (meetingId: string, life: MeetingLife): Promise<MeetingEvent[]> =>
      activities.observeMeeting({ meetingId, life }),
    meetings: async () =>
      (await control<{ meetings: SimulatedMeeting[] }>("/state")).meetings.filter(({ deleted }) => !deleted),
    [Symbol.asyncDispose]: async () => {
      outside.close();
      await simulator.close();
      await rm(folder, { recursive: true });
    },
  };
};

export type World = Awaited<ReturnType<typeof startActions>>;

type SimulatedRequest = { method: string; path: string; query: Record<string, string> };

export type SimulatedMeeting = {
  id: number;
  uuid: string;
  sessions: { uuid: string }[];
  host_email: string;
  topic: string;
  agenda: string;
  deleted: boolean;
  settings: Record<string, unknown>;
  panelists?: { name: string; email: string }[];
};
