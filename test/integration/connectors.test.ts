import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { until } from "../support/until.ts";
import { signIn } from "./signIn.ts";
import { declare, kindsOf } from "./story.ts";
import type { Topology } from "./support.ts";
import { startTopology, withoutPostgres } from "./support.ts";

const hourMs = 3_600_000;
const encryptionKey = Buffer.alloc(32, "k").toString("base64");
/** Workers know Zoom by the connector alone. */
const noAccount = { ZOOM_ACCOUNT_ID: "", ZOOM_CLIENT_ID: "", ZOOM_CLIENT_SECRET: "" };

(withoutPostgres === undefined ? describe : describe.skip)("A connector that somebody signed in to", () => {
  let world: Topology;
  let id: string;

  beforeAll(async () => {
    world = await startTopology({
      title: "connectors",
      workers: 3,
      variables: { ENCRYPTION_KEYS: `test:${encryptionKey}` },
      workerVariables: noAccount,
    });
    await world.zoom.settings({ limits: false, refreshGraceMs: 10 * 60_000 });
    const app = { client_id: "sim-client", client_secret: "sim-secret" };
    ({ id } = await world.api.addConnector({ kind: "sign_in", name: "Operations", ...app }));
    await signIn(world, id);
  }, 120_000);
  afterAll(() => world.close());

  const tokenRequests = async (): Promise<number> =>
    (await world.zoom.requests("POST", /^\/oauth\/token$/)).length;
  const apiCalls = async (): Promise<number> => {
    const methods = await Promise.all(
      ["GET", "POST", "PATCH"].map((method) => world.zoom.requests(method, /^\/v2\//)),
    );
    return methods.flat().length;
  };
  const grantVersion = async () =>
    (await world.sql.query("select grant_version, state from connectors where id = $1", [id]))[0];

  test("serves many incidents on three workers through the end of its token with one renewal", async () => {
    const warm = await Promise.all(Array.from({ length: 6 }, () => declare(world)));
    for (const each of warm) await each.hear("runbook.waiting");
    await world.zoom.advance(hourMs);
    const before = await tokenRequests();
    const callsBefore = await apiCalls();
    const incidents = await Promise.all(Array.from({ length: 50 }, () => declare(world)));
    for (const each of incidents) await each.hear("runbook.waiting", { withinMs: 60_000, everyMs: 1000 });
    expect((await tokenRequests()) - before).toBe(1);
    expect((await apiCalls()) - callsBefore).toBeGreaterThanOrEqual(200);
    const kinds = (await Promise.all(incidents.map(({ timeline }) => timeline()))).flatMap(kindsOf);
    expect(kinds.filter((kind) => /retrying|failed|parked/.test(kind))).toEqual([]);
  }, 120_000);

  test("parks runs when its authorization is gone, and lets them go on once somebody signs in again", async () => {
    await world.zoom.uninstall();
    const incident = await declare(world);
    const parked = await incident.hear("runbook.parked", { withinMs: 60_000 });
    expect(parked.detail).toContain(`/oauth/zoom/start?connector=${id}`);
    await signIn(world, id);
    const resumed = await incident.hear("runbook.resumed", { withinMs: 60_000 });
    expect(resumed.title).toMatch(/^Goes on by itself, since the connector "Operations" works: /);
    await incident.hear("bridge.ready", { withinMs: 60_000 });
    // What it still asks of Zoom must not renew what the next test is about.
    await incident.hear("runbook.waiting", { withinMs: 60_000 });
    expect(kindsOf(await incident.timeline()).filter((kind) => kind === "runbook.resumed")).toHaveLength(1);
  }, 180_000);

  test("loses nothing when all workers are killed between renewal and keeping", async () => {
    const { grant_version: before } = (await grantVersion()) ?? {};
    // Before the token ends, since whatever is going on may renew it from then on.
    const fired = await world.zoom.fault({ kind: "slow", path: "/oauth/token", delayMs: 2000, times: 1 });
    await world.zoom.advance(hourMs);
    const incident = await declare(world);
    await until("the renewal", async () => ((await fired()) > 0 ? true : undefined), {
      instead: async () => ({
        ...(await grantVersion()),
        timeline: (await incident.timeline()).map(({ kind, title, detail }) => [kind, title, detail]),
      }),
    });
    const lock = await world.sql.lock("select from connectors where id = $1 for update", [id]);
    await until("the keeping", async () => ((await lock.waiting()) > 0 ? true : undefined));
    await Promise.all(world.workers.map((worker) => worker.kill()));
    await lock.release({ cutOff: true });
    expect(await grantVersion()).toMatchObject({ grant_version: before, state: "connected" });

    await world.startWorker();
    await incident.hear("bridge.ready", { withinMs: 90_000 });
    expect(await grantVersion()).toMatchObject({ grant_version: Number(before) + 1, state: "connected" });
  }, 180_000);
});
