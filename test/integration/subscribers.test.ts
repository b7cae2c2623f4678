import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createHttpClient } from "../../client/http.ts";
import type { Backend } from "../../store/backend.ts";
import type { Store } from "../../store/index.ts";
import { openPostgres } from "../../store/postgres.ts";
import { storeOn } from "../../store/storeOn.ts";
import { anIncident } from "../gateway/startGateway.ts";
import { aSecret, leasesEnd, passes, record, seconds } from "../gateway/subscribing.ts";
import { startPostgres, withoutPostgres } from "../support/postgres.ts";
import type { Program } from "../support/program.ts";
import { startProgram } from "../support/program.ts";
import { seededRandom } from "../support/seededRandom.ts";
import { freePort } from "../support/temporalServer.mjs";
import { until } from "../support/until.ts";
import type { Received, Receiver } from "../support/webhookReceiver.ts";
import { startReceiver } from "../support/webhookReceiver.ts";

const silent = { info: () => undefined, warn: () => undefined };
const apiKey = randomBytes(16).toString("hex");
const keys = `k:${randomBytes(32).toString("base64")}`;

/** Events that came before one that they follow was accepted. */
const outOfOrder = (received: readonly Received[]): string[] => {
  const reached = new Map<string, number>();
  const early = received.filter(({ incident, seq, accepted }) => {
    const before = reached.get(incident) ?? 0;
    if (accepted) reached.set(incident, Math.max(before, seq));
    return seq > before + 1;
  });
  return early.map(({ incident, seq }) => `${incident}/${seq}`);
};

(withoutPostgres === undefined ? describe : describe.skip)("Several gateways on one PostgreSQL", () => {
  let postgres: Awaited<ReturnType<typeof startPostgres>>;
  let backend: Backend;
  let store: Store;
  let receiver: Receiver;
  const programs: Program[] = [];

  const startGateway = async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const environment = {
      DATABASE_URL: postgres.url,
      PORT: String(port),
      ADMIN_API_KEY: apiKey,
      ENCRYPTION_KEYS: keys,
      OUTGOING_ALLOW: "127.0.0.1",
      // Lazy: subscribers need no Temporal.
      TEMPORAL_ADDRESS: "127.0.0.1:9",
      LOG_LEVEL: "warn",
    };
    const program = await startProgram({
      file: "gateway/main.js",
      environment,
      readyUrl: `${url}/livez`,
    });
    programs.push(program);
    return { program, api: createHttpClient({ url, apiKey }) };
  };

  beforeAll(async () => {
    postgres = await startPostgres();
    backend = await openPostgres({
      databaseUrl: postgres.url,
      poolSize: 4,
      statementTimeoutMs: 15_000,
      log: silent,
    });
    store = await storeOn(backend, silent);
    receiver = await startReceiver("");
  });
  afterAll(async () => {
    await Promise.all(programs.map((program) => program.kill()));
    await receiver[Symbol.asyncDispose]();
    await store.close();
    await postgres.stop();
  });

  const declare = (id: string) => store.incidents.declare(anIncident({ id }));

  const accepted = (incident: string, count: number) => () =>
    receiver.accepted(incident).length === count ? true : undefined;

  const seen = () =>
    receiver.received.map(({ incident, seq, accepted: isAccepted }) => [incident, seq, isAccepted]);

  test("share the events of timelines: one that is killed loses none, and each incident keeps its order", async () => {
    const first = await startGateway();
    const secret = aSecret();
    receiver.rules.secret = secret;
    await first.api.addSubscriber({ name: "Platform", url: receiver.url, secret });

    receiver.rules.answer = ({ incident, seq }) => (incident === "held" && seq === 2 ? "silent" : {});
    await declare("held");
    await record({ store }, "held", 1, 4);
    await until("the second event under way", () =>
      receiver.received.some(({ seq }) => seq === 2) ? true : undefined,
    );
    const second = await startGateway();
    await first.program.kill();
    receiver.rules.answer = () => ({});
    await declare("other");
    await record({ store }, "other", 1, 2);
    await until("another incident, meanwhile", accepted("other", 2), { instead: seen });
    expect(receiver.accepted("held")).toEqual([1]);
    await leasesEnd(backend.db);
    await until("the rest, from the other gateway", accepted("held", 4), { instead: seen });
    const held = receiver.received.filter(({ incident }) => incident === "held");
    expect(held.map(({ seq }) => seq)).toEqual([1, 2, 2, 3, 4]);
    expect(held[1]?.id).toBe(held[2]?.id);
    expect(outOfOrder(receiver.received)).toEqual([]);

    // Now two of them, and a receiver that fails as it likes.
    await startGateway();
    const random = seededRandom(7);
    receiver.rules.answer = () => {
      const chance = random();
      return chance < 0.1 ? { status: 500 } : chance < 0.15 ? "hangUp" : {};
    };
    const incidents = Array.from({ length: 12 }, (_, n) => `storm-${n}`);
    await Promise.all(incidents.map(declare));
    for (const batch of [0, 1, 2]) {
      await Promise.all(incidents.map((id) => record({ store }, id, batch * 5 + 1, batch * 5 + 5)));
      await passes(backend.db, seconds(600));
    }
    const all = async () => {
      await passes(backend.db, seconds(600));
      return incidents.every((id) => receiver.accepted(id).length === 15) ? true : undefined;
    };
    await until("every event", all, { withinMs: 60_000, everyMs: 300, instead: seen });
    expect(outOfOrder(receiver.received)).toEqual([]);
    const twice = receiver.received.filter(
      (one, place) =>
        one.accepted && receiver.received.findIndex((each) => each.accepted && each.id === one.id) < place,
    );
    expect(twice.map(({ incident, seq }) => `${incident}/${seq}`)).toEqual([]);
    expect((await second.api.subscribers()).subscribers).toMatchObject([{ dead: 0 }]);
  }, 120_000);
});
