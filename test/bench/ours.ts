import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Client } from "@temporalio/client";
import type { HttpClient } from "../../client/http.ts";
import type { Later } from "../../demo/embedded.ts";
import { executionId, incidentWorkflowId, meetingWorkflowId } from "../../domain/messages.ts";
import type { TimelineKind } from "../../domain/timeline.ts";
import type { Store } from "../../store/index.ts";
import type { Marks } from "./marks.ts";
import type { Side } from "./side.ts";
import { benchIncident } from "./side.ts";
import { checkAndEnd } from "./tidy.ts";

const mostEvents = 100;

const firstId = "bench-first";

/** Until the first incident has started all that it starts. */
const quietMs = 500;

const kindsOf = async (store: Store, id: string): Promise<TimelineKind[]> =>
  (await store.timeline.list(id, { limit: mostEvents })).map(({ kind }) => kind);

/** The first incident tells which event of the timeline is which, so that none has to be read while the clock runs. */
const learn = async (api: HttpClient, store: Store, id: string): Promise<TimelineKind[]> => {
  await api.declareIncident(benchIncident(id));
  for (let tries = 0; tries < 600; tries += 1) {
    const kinds = await kindsOf(store, id);
    if (kinds.includes("runbook.waiting")) return kinds;
    await sleep(50);
  }
  throw new Error(`The first incident never came to its wait: ${(await kindsOf(store, id)).join(", ")}`);
};

const seqOf = (kinds: readonly TimelineKind[], kind: TimelineKind): number => {
  const seq = kinds.indexOf(kind) + 1;
  if (seq === 0) throw new Error(`There is no ${kind} on the timeline: ${kinds.join(", ")}`);
  return seq;
};

const workflowsOf = async (store: Store, id: string): Promise<string[]> => {
  const row = await store.incidents.get(id);
  const meetings = await store.meetings.listByIncident(id);
  if (!row) throw new Error(`There is no incident ${id}`);
  return [
    incidentWorkflowId(id),
    executionId(id, "incident-bridge", 1),
    ...meetings.map(({ meeting }) => meetingWorkflowId(meeting.meeting_id)),
  ];
};

export type OursDeps = { api: HttpClient; store: Store; client: Client; marks: Marks };

/** The product, from the HTTP request on; what is on the timeline is seen as any subscriber sees it. */
export const startOurs = async ({ api, store, client, marks }: OursDeps, later: Later): Promise<Side> => {
  const kinds = await learn(api, store, firstId);
  const linkSeq = seqOf(kinds, "bridge.ready");
  const doneSeq = seqOf(kinds, "runbook.waiting");
  const unsubscribe = await store.timeline.subscribe(({ incidentId, seq }) => {
    if (seq >= linkSeq) marks.mark(incidentId, "link");
    if (seq >= doneSeq) marks.mark(incidentId, "done");
  });
  later(unsubscribe);
  const ours: Side = {
    name: "ours",
    title: "ours",
    lap: (id) => marks.time(id, () => api.declareIncident(benchIncident(id))),
    check: async (id) => {
      const found = await kindsOf(store, id);
      if (!isDeepStrictEqual(found, kinds))
        throw new Error(`${id} has ${found.join(", ")} on its timeline, not ${kinds.join(", ")}`);
    },
    workflowsOf: (id) => workflowsOf(store, id),
  };
  await sleep(quietMs);
  await checkAndEnd(client, ours, [firstId]);
  return ours;
};
