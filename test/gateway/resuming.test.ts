import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { RunbooksError } from "../../client/errors.ts";
import type { Authorization } from "../../domain/failures.ts";
import { failure } from "../../domain/failures.ts";
import { openEmbeddedVault } from "../../connectors/vault.ts";
import type { Connecting } from "./zoomApps.ts";
import { byCredentials, bySigningIn, startConnecting } from "./zoomApps.ts";
import { anExecution, anIncident, keys, startGateway } from "./startGateway.ts";
import { until } from "../support/until.ts";

let zoom: Connecting;
let n = 0;
beforeAll(async () => void (zoom = await startConnecting()));
afterAll(() => zoom.close());
beforeEach(async () => {
  n += 1;
  await zoom.gateway.store.incidents.declare(anIncident({ id: `inc-${n}` }));
});
afterEach(async () => {
  await zoom.control("/reset", {});
  const { store } = zoom.gateway;
  for (const { id } of await store.connectors.list()) await store.connectors.remove(id);
  for (const each of await store.executions.listParked())
    await store.executions.save({ ...each, ended_at: "2026-11-23T11:00:00.000Z", state: "cancelled" });
  zoom.gateway.calls.length = 0;
  delete zoom.gateway.answers.retryStep;
});

const executionId = () => `runbook-inc-${n}-bridge-1`;

/** A run whose step is parked, as its workflow writes it down. */
const park = (over: Partial<Authorization>) =>
  zoom.gateway.store.executions.save(
    anExecution({
      id: executionId(),
      incident_id: `inc-${n}`,
      state: "parked",
      steps: [
        {
          id: "make",
          title: "Create the meeting",
          state: "parked",
          failure: failure("authentication", "Zoom let nobody in", {
            authorization: {
              connector: null,
              account_id: null,
              authorized_at: null,
              is_default: false,
              round: 1,
              ...over,
            },
          }),
        },
      ],
    }),
  );

const retries = () => zoom.gateway.named("retryStep");
const retried = () => until("the retry", async () => (retries().length > 0 ? retries() : undefined));
const added = async (given: object) => (await zoom.ask("POST", "", given)).json();
const now = (id: string) => zoom.gateway.store.connectors.get(id);

const signIn = async (id: string) => {
  const { location, cookie } = await zoom.begin(id, keys.admin);
  return zoom.back(await zoom.atZoom(location), cookie);
};

/** What another gateway would ask for; and whatever this one was looking for, it has found meanwhile. */
const lookAgain = async () => {
  const other = await startGateway({ store: zoom.gateway.store });
  await other.close();
  return other.named("retryStep");
};

test("A step that was parked goes on when somebody signs in again, once, and says why", async () => {
  const { id } = await added(bySigningIn());
  await signIn(id);
  await park({ connector: id, authorized_at: (await now(id))!.authorized_at });
  await signIn(id);
  expect(await retried()).toEqual([
    [
      "retryStep",
      executionId(),
      { step: "make", why: 'the connector "Signed in" works', by: { name: "zoom-runbooks" } },
      { key: "authorized/make/1" },
    ],
  ]);
  await zoom.ask("PATCH", `/${id}`, { plan: "pro" });
  await lookAgain();
  expect(retries()).toHaveLength(1);
});

test("A step that the present authorization failed waits for another one", async () => {
  const { id } = await added(byCredentials());
  await park({ connector: id, authorized_at: (await now(id))!.authorized_at });
  await zoom.ask("PATCH", `/${id}`, { name: "Renamed" });
  await zoom.ask("PATCH", `/${id}`, { client_secret: "canary-wrong" });
  expect(await lookAgain()).toEqual([]);
  expect(retries()).toEqual([]);
  await zoom.ask("PATCH", `/${id}`, { client_secret: "sim-secret" });
  expect(await retried()).toHaveLength(1);
});

test("A step that asked the default goes on with what takes its place", async () => {
  await park({ connector: "zoom-gone", authorized_at: "2099-01-01T00:00:00.000Z", is_default: true });
  await added(byCredentials());
  expect(await retried()).toHaveLength(1);
});

test("A step that named a connector does not go on with another one, but with one of that name", async () => {
  await park({ connector: "Crisis" });
  await added(byCredentials());
  expect(await lookAgain()).toEqual([]);
  expect(retries()).toEqual([]);
  await added(byCredentials({ name: "crisis" }));
  expect(await retried()).toHaveLength(1);
});

test("What Temporal could not take is found again, by any gateway, from its start on", async () => {
  const away = new RunbooksError("temporal_unreachable", "away", { advice: "" });
  zoom.gateway.answers.retryStep = away;
  const { id } = await added(bySigningIn());
  await park({ connector: id, authorized_at: "2020-01-01T00:00:00.000Z" });
  await signIn(id);
  await retried();
  await using next = await startGateway({
    store: zoom.gateway.store,
    zoom: { vault: await openEmbeddedVault() },
  });
  expect(await until("the retry", async () => next.named("retryStep")[0])).toMatchObject([
    "retryStep",
    executionId(),
    { step: "make" },
    { key: "authorized/make/1" },
  ]);
});

test("What somebody else retried already is not asked for again", async () => {
  zoom.gateway.answers.retryStep = new RunbooksError("rejected", "is running", { advice: "" });
  const { id } = await added(byCredentials());
  await park({ connector: id, authorized_at: "2020-01-01T00:00:00.000Z" });
  await zoom.ask("PATCH", `/${id}`, { plan: "pro" });
  await retried();
  await zoom.ask("PATCH", `/${id}`, { plan: "free" });
  await zoom.ask("PATCH", `/${id}`, { plan: null });
  expect(retries()).toHaveLength(1);
});
