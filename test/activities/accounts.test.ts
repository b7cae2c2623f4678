import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { MockActivityEnvironment } from "@temporalio/testing";
import { DefaultLogger } from "@temporalio/worker";
import { createActivities } from "../../activities/index.ts";
import type { Candidate } from "../../connectors/choice.ts";
import { chosen } from "../../connectors/choice.ts";
import { serverToServerAccount } from "../../connectors/zoomAccount.ts";
import { declaredIncident } from "../../domain/incident.ts";
import type { Json, StepRequest, StepResult } from "../../domain/plan.ts";
import { displayText } from "../../domain/template.ts";
import type { Simulator } from "../../simulator/app.ts";
import type { Store } from "../../store/index.ts";
import { openStore } from "../../store/index.ts";
import { controlOf } from "../support/control.ts";
import { startSimulator } from "../support/simulator.ts";

/** Two accounts of Zoom, each with a cloud of its own, and connectors that come and go. */
let simulators: Simulator[];
let store: Store;
let connectors: Candidate[];
const quiet = new DefaultLogger("ERROR");
let incidents = 0;
let incidentId: string;

beforeAll(async () => {
  simulators = [await startSimulator(), await startSimulator()];
  store = await openStore({});
});
afterAll(() => Promise.all([store.close(), ...simulators.map((each) => each.close())]));

const connector = (id: string, index: number, is_default = false): Candidate => {
  const account = serverToServerAccount({
    apiUrl: `${simulators[index]?.url}/v2`,
    oauthUrl: `${simulators[index]?.url}/oauth`,
    accountId: "sim-account",
    clientId: "sim-client",
    clientSecret: "sim-secret",
    hosts: ["host1@example.com"],
  });
  return {
    id,
    name: `The ${id}`,
    account_id: `account ${index}`,
    is_default,
    meeting_defaults: null,
    isConnected: true,
    authorizedAt: "2026-01-01T00:00:00.000Z",
    account: async () => account,
  };
};

beforeEach(async () => {
  connectors = [connector("first", 0, true), connector("second", 1)];
  incidents += 1;
  incidentId = `inc-${incidents}`;
  await store.incidents.declare(
    declaredIncident({ title: "Checkout is down", severity: "1" }, incidentId, new Date().toISOString()),
  );
});

const run = <T>(name: string, request: object): Promise<T> => {
  const zoom = { find: async (wanted: object) => found(chosen(connectors, wanted)), known: async () => [] };
  const activities = createActivities({ store, zoom }) as unknown as Record<
    string,
    (given: object) => Promise<T>
  >;
  return new MockActivityEnvironment({ attempt: 1 }, { logger: quiet }).run(
    activities[name]!,
    request,
  ) as Promise<T>;
};

const found = async ({ id, account_id, authorizedAt, account }: Candidate) => ({
  ...(await account()),
  madeIn: { connector: id, account_id },
  authorizedAt,
});

const perform = (action: string, input: { [field: string]: Json }, more: Partial<StepRequest> = {}) =>
  run<StepResult>(action, {
    incidentId,
    executionId: `runbook-${incidentId}-test-1`,
    runbook: "test",
    step: action.replace("zoom.", ""),
    title: "The step",
    round: 1,
    input,
    ...more,
  });

const makeMeeting = async (more: Partial<StepRequest> = {}): Promise<string> =>
  displayText((await perform("zoom.create_meeting", { topic: "A call" }, more)).outputs["meeting_id"]);

const meetingsIn = async (index: number): Promise<string[]> => {
  const { meetings } = await controlOf(simulators[index]?.url ?? "")<{
    meetings: { id: number; deleted: boolean }[];
  }>("/state");
  return meetings.filter(({ deleted }) => !deleted).map(({ id }) => String(id));
};

const newDefault = () => {
  connectors = connectors.map((each) => ({ ...each, is_default: each.id === "second" }));
};

test("A step works in the account that it names, by id, and in the default one without", async () => {
  const named = await makeMeeting({ connector: "second" });
  expect(await meetingsIn(1)).toContain(named);
  expect((await store.meetings.get(named))?.meeting.made_in).toEqual({
    connector: "second",
    account_id: "account 1",
  });
  const unnamed = await makeMeeting({ step: "another" });
  expect(await meetingsIn(0)).toContain(unnamed);
});

test("What a meeting needs later goes where it was made, whatever the default is and the step says", async () => {
  const meetingId = await makeMeeting();
  newDefault();
  const { outputs } = await perform("zoom.get_meeting", { meeting_id: meetingId });
  expect(outputs["meeting_id"]).toBe(meetingId);
  await perform("zoom.update_meeting", { meeting_id: meetingId, topic: "Another" }, { connector: "second" });
  expect(await run("observeMeeting", { meetingId, life: { state: "waiting", sessions: [] } })).toEqual([]);
  await run("removeStatusCall", {
    incidentId,
    call: { meetingId, topic: "A call", joinUrl: "", everyMs: 1, firstAtMs: 1, lastAtMs: 1 },
    end: "resolved",
  });
  expect(await meetingsIn(0)).not.toContain(meetingId);
});

test("A follow-up that is ahead moves in the account it was made in", async () => {
  const input = { topic: "Review", start_offset: "1d" };
  const { outputs } = await perform("zoom.schedule_follow_up", input);
  newDefault();
  const resolvedAt = new Date().toISOString();
  const revised = await run("reviseFollowUp", { meetingId: outputs["meeting_id"], resolvedAt });
  expect(revised).toMatchObject({ outcome: "moved", made: { meetingId: outputs["meeting_id"] } });
  expect(await run("reviseFollowUp", { meetingId: outputs["meeting_id"], resolvedAt: null })).toEqual({
    outcome: "withdrawn",
  });
  expect(await meetingsIn(0)).not.toContain(outputs["meeting_id"]);
});

test("What an answer was lost of is looked for where it was asked for, not in what is the default by then", async () => {
  const lost = {
    kind: "timeoutAfter",
    method: "POST",
    path: "/v2/users/host1@example.com/meetings",
    times: 1,
    holdMs: 1,
  };
  await controlOf(simulators[0]?.url ?? "")("/faults", lost);
  await expect(makeMeeting()).rejects.toMatchObject({ type: "outcome_unknown" });
  const before = await meetingsIn(1);
  newDefault();
  const meetingId = await makeMeeting();
  expect(await meetingsIn(0)).toContain(meetingId);
  expect(await meetingsIn(1)).toEqual(before);
});

test("Meetings of a connector that is gone fail with what to do, and go on with one of the same account", async () => {
  const meetingId = await makeMeeting({ connector: "second" });
  connectors = connectors.filter(({ id }) => id === "first");
  await expect(perform("zoom.end_meeting", { meeting_id: meetingId })).rejects.toMatchObject({
    type: "not_configured",
    nonRetryable: true,
    details: [
      {
        message: expect.stringContaining("account 1"),
        advice: expect.stringContaining("zoom-runbooks connector add"),
        authorization: { connector: "second", account_id: "account 1", is_default: false, round: 1 },
      },
    ],
  });
  connectors = [...connectors, connector("third", 1)];
  expect((await perform("zoom.get_meeting", { meeting_id: meetingId })).outputs["meeting_id"]).toBe(
    meetingId,
  );
});

test("Whoever follows a meeting of a connector that is gone says so once, and gives up when it is time", async () => {
  const meetingId = await makeMeeting({ connector: "second" });
  connectors = connectors.filter(({ id }) => id === "first");
  const inAnHour = Date.now() + 3_600_000;
  for (let look = 0; look < 2; look += 1)
    await expect(run("watchMeeting", { meetingId, unusedAtMs: inAnHour })).rejects.toMatchObject({
      type: "not_configured",
      nonRetryable: false,
    });
  const told = (await store.timeline.list(incidentId, { limit: 50 })).filter(
    ({ data }) => data?.["code"] === "not_configured",
  );
  expect(told.map(({ detail }) => detail)).toEqual([expect.stringContaining("Connect that account again")]);
  expect(await run("watchMeeting", { meetingId, unusedAtMs: Date.now() - 1 })).toEqual({ isOver: true });
});

test("A connector that nobody knows is named, with those that there are", async () => {
  await expect(makeMeeting({ connector: "secnd" })).rejects.toMatchObject({
    type: "not_configured",
    message: expect.stringContaining('There is no connector "secnd"; there are: The first, The second'),
  });
});

test("Steps that ask nothing of Zoom need no account", async () => {
  connectors = [];
  await perform("timeline.add_event", { title: "Noted" });
  await expect(makeMeeting()).rejects.toMatchObject({
    type: "authentication",
    details: [{ authorization: { connector: null, is_default: true } }],
  });
});
