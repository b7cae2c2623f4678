import { setTimeout as sleep } from "node:timers/promises";
import { subscribe } from "../../demo/embedded.ts";
import { listen } from "../../demo/listen.ts";
import { applyRunbooks } from "../../demo/runbooks.ts";
import type { Heard } from "../../demo/story.ts";
import { createMeeting } from "../../zoom/meetings.ts";
import type { CostByType } from "./cost.ts";
import { costByType } from "./cost.ts";
import { recordOf } from "./histories.ts";
import { benchIncident } from "./side.ts";
import type { Stack } from "./stack.ts";
import { statementsSoFar } from "./statements.ts";

/** What one incident costs from its declaration until all of its workflows have ended or wait. */
export type Life = {
  name: string;
  cost: CostByType;
  statements: number;
  /** What it took to hear who comes; absent where nobody does. */
  joins?: Hearing;
};

/** Webhooks, and what each costs this process. */
export type Hearing = { webhooks: number; perSecond: number; cpuMs: number; statements: number };

/** Zoom counts whole seconds. */
const talkMs = 2000;

/** Until visibility has all of its workflows, and their last words are written. */
const settleMs = 2000;

/** Until the meeting that was made is followed: nobody joins before they have read the link. */
const readMs = 500;

/** How long Zoom takes for a recording, and then for its transcript: skipped, but not before all else was told. */
const processingMs = 40_000;

const lookEveryMs = 50;
const joinWithinMs = 60_000;

const bridgeOnly = { name: "bridge only", people: 0 };

/** Bridge only, and full lives with so many people each. */
export const runLives = async (stack: Stack, crowds: readonly number[]): Promise<Life[]> => {
  const { url, api, zoom } = stack;
  const users = [1, 2, 3, 4, 5].map((n) => ({ email: `host${n}@example.com`, largeMeeting: 1000 }));
  const delays = { recordingDelayMs: processingMs, transcriptDelayMs: processingMs };
  await zoom.control("/settings", { users, ...delays });
  await subscribe(zoom.url, `${url}/webhooks/zoom`);
  await api.removeRunbook("follow-up");
  const lives = [await live(stack, bridgeOnly)];
  await applyRunbooks(api, { isQuick: true });
  for (const people of crowds) lives.push(await live(stack, { name: `full life, ${people} people`, people }));
  return lives;
};

const live = async (stack: Stack, { name, people }: { name: string; people: number }): Promise<Life> => {
  const { api } = stack;
  const id = `bench-life-${people}`;
  const stop = new AbortController();
  const before = statementsSoFar();
  let joins: Hearing | undefined;
  try {
    await api.declareIncident(benchIncident(id));
    const heard = listen(api, id, stop.signal, () => undefined);
    await heard.hear("runbook.waiting");
    if (people > 0) joins = await holdCall(stack, await bridgeOf(heard), people, heard);
    await api.changeIncident(id, { status: "resolved" });
    await heard.hear(people > 0 ? "meeting.scheduled" : "incident.resolved");
  } finally {
    stop.abort();
  }
  await sleep(settleMs);
  const statements = statementsSoFar() - before;
  return { name, cost: await costOf(stack, id), statements, ...(joins && { joins }) };
};

const bridgeOf = async ({ hear }: Heard): Promise<string> =>
  `/meetings/${String((await hear("bridge.ready")).data?.["meeting_id"])}`;

/** All come as fast as the gateway hears of them, every third one leaves and comes back, and the host ends the call. */
const holdCall = async (stack: Stack, meeting: string, people: number, { hear }: Heard): Promise<Hearing> => {
  const { zoom } = stack;
  const crowd = crowdOf(people);
  const restless = crowd.filter((_, index) => index % 3 === 0);
  await sleep(readMs);
  const joins = await hearing(stack, people, () => zoom.control(`${meeting}/join`, crowd));
  await sleep(talkMs);
  await hearing(stack, 2 * restless.length, async () => {
    await zoom.control(
      `${meeting}/leave`,
      restless.map(({ name }) => ({ name })),
    );
    await zoom.control(`${meeting}/join`, restless);
  });
  await zoom.control(`${meeting}/end`, {});
  await hear("attendance.ready");
  await hear("runbook.waiting", 2);
  await zoom.control("/clock", { advanceMs: processingMs });
  await hear("recording.ready");
  await hear("runbook.completed");
  await zoom.control("/clock", { advanceMs: processingMs });
  await hear("transcript.ready");
  return joins;
};

/** The responders, and others whom nobody expects. */
const crowdOf = (people: number) => {
  const { owner, responders } = benchIncident("crowd");
  const others = Array.from({ length: people }, (_, n) => ({ name: `Person ${n}` }));
  return [owner, ...responders, ...others].slice(0, people);
};

/** As many people come to a meeting of the same account that is none of ours. */
export const hearStrangers = async (stack: Stack, people: number): Promise<Hearing> => {
  const { account, zoom } = stack;
  const { id } = await createMeeting(account.client, "host1@example.com", { topic: "Not ours" });
  const join = () => zoom.control(`/meetings/${id}/join`, crowdOf(people));
  return hearing(stack, people, join, "not_ours");
};

/** Waits until the gateway has heard so many webhooks of what people do, and says what that took. */
const hearing = async (
  { url }: Stack,
  webhooks: number,
  act: () => Promise<unknown>,
  result: "accepted" | "not_ours" = "accepted",
): Promise<Hearing> => {
  const [heardBefore, statementsBefore, cpuBefore] = [
    await heardBy(url, result),
    statementsSoFar(),
    process.cpuUsage(),
  ];
  const startedMs = performance.now();
  await act();
  while ((await heardBy(url, result)) < heardBefore + webhooks) {
    if (performance.now() - startedMs > joinWithinMs) throw new Error("Not all webhooks were taken");
    await sleep(lookEveryMs);
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    webhooks,
    perSecond: (webhooks * 1000) / (performance.now() - startedMs),
    cpuMs: (user + system) / 1000 / webhooks,
    statements: (statementsSoFar() - statementsBefore) / webhooks,
  };
};

const heardBy = async (url: string, result: string): Promise<number> => {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`webhooks_total\\{result="${result}"\\} (\\d+)`).exec(metrics)?.[1] ?? 0);
};

const costOf = async ({ client }: Stack, id: string): Promise<CostByType> => {
  const ids: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query: `IncidentId="${id}"` }))
    ids.push(workflowId);
  return costByType(await Promise.all(ids.toSorted().map((each) => recordOf(client, each))));
};
