import { randomBytes } from "node:crypto";
import type {
  Delivery,
  NewSubscriber,
  Resent,
  Subscriber,
  SubscriberPatch,
  Tried,
  WithSecret,
} from "../domain/subscriber.ts";
import type { DeliveryPosition, Store, StoreLog, SubscriberRow } from "../store/index.ts";
import type { Courier } from "./courier.ts";
import { startCourier } from "./courier.ts";
import { SubscriberError } from "./errors.ts";
import { messageOf, testMessage } from "./message.ts";
import { newSecret, openSecrets, sealSecrets } from "./secrets.ts";
import type { Outcome, SendDeps } from "./send.ts";
import { send } from "./send.ts";

export type SubscribersDeps = SendDeps & { store: Store };

export type Subscribers = ReturnType<typeof createSubscribers>;

type Which = { incidentId?: string | undefined; seq?: number | undefined };

/** How long both secrets sign when one is replaced. */
const rotationMs = 24 * 3_600_000;

const mostSubscribers = 100;
const resentAtOnce = 100;

/** Leaves room for one more try within what clients wait for an answer. */
const resendingMs = 10_000;

/** What administrators do with subscribers, and the courier who brings them events. */
export const createSubscribers = (deps: SubscribersDeps) => {
  const { store, http, vault } = deps;

  const stored = async (id: string) => {
    const row = await store.subscribers.get(id);
    if (row) return row;
    throw new SubscriberError("not_found", `There is no subscriber "${id}".`);
  };

  return {
    list: async (): Promise<Subscriber[]> => (await store.subscribers.list()).map(subscriberOf),

    get: async (id: string): Promise<Subscriber> => subscriberOf(await stored(id)),

    add: (given: NewSubscriber, by: string): Promise<WithSecret> => add(deps, given, by),

    change: async (id: string, patch: SubscriberPatch): Promise<Subscriber> => {
      const row = await stored(id);
      if (patch.url !== undefined) http.check(patch.url);
      if (!(await store.subscribers.change(id, patch))) throw nameTaken(patch.name ?? row.name);
      return subscriberOf(await stored(id));
    },

    /** What signs until now goes on to sign for a day, beside the new one. */
    rotate: async (id: string, given: string | undefined): Promise<WithSecret> => {
      const row = await stored(id);
      const secret = given ?? newSecret();
      const before = await openSecrets(vault, row).catch(() => undefined);
      const oldSecret = before && { oldSecret: before.secret };
      await store.subscribers.change(id, {
        sealed_secrets: await sealSecrets(vault, id, { secret, ...oldSecret }),
        old_secret_until: oldSecret ? new Date(deps.now() + rotationMs).toISOString() : null,
      });
      return { subscriber: subscriberOf(await stored(id)), secret: shown(given, secret) };
    },

    remove: async (id: string): Promise<void> => {
      await stored(id);
      await store.subscribers.remove(id);
    },

    /** Sends something that asks for nothing, and tells how that came out. */
    test: async (id: string): Promise<Tried> => {
      const row = await stored(id);
      const outcome = await send(deps, row, testMessage(randomBytes(9).toString("hex"), deps.now()));
      if (outcome.kind === "accepted") await store.subscribers.accepted(id);
      return triedOf(outcome);
    },

    deliveries: async (
      id: string,
      state: Delivery["state"],
      page: { limit: number; after?: DeliveryPosition | undefined },
    ): Promise<Delivery[]> => {
      await stored(id);
      return store.deliveries[state](id, page);
    },

    resend: async (id: string, which: Which): Promise<Resent> => resend(deps, await stored(id), which),

    start: (log: StoreLog): Promise<Courier> => startCourier({ ...deps, log }),
  };
};

const add = async (deps: SubscribersDeps, given: NewSubscriber, by: string): Promise<WithSecret> => {
  const { store, http, vault } = deps;
  http.check(given.url);
  if ((await store.subscribers.list()).length >= mostSubscribers) throw tooMany();
  const { secret = newSecret(), ...fields } = given;
  const id = `subscriber-${randomBytes(6).toString("hex")}`;
  const sealed_secrets = await sealSecrets(vault, id, { secret });
  const row = await store.subscribers.create({ ...fields, id, sealed_secrets, created_by: by });
  if (!row) throw nameTaken(given.name);
  const subscriber = subscriberOf({ ...row, incidents_waiting: 0, dead: 0 });
  return { subscriber, secret: shown(given.secret, secret) };
};

/** Sends what was given up, each once more. Where one fails, those of its incident that come after it are left. */
const resend = async (deps: SubscribersDeps, row: SubscriberRow, which: Which): Promise<Resent> => {
  const { deliveries, subscribers } = deps.store;
  if (!row.enabled) throw isDisabled(row);
  const startedMs = performance.now();
  const stuck = new Set<string>();
  let sent = 0;
  let problem: string | null = null;
  for (const each of await deliveries.deadEvents(row.id, { ...which, limit: resentAtOnce })) {
    const { incident, event } = each;
    if (stuck.has(incident.id)) continue;
    if (performance.now() - startedMs > resendingMs) break;
    const outcome = await send(deps, row, messageOf(each));
    if (outcome.kind === "accepted") {
      await deliveries.revived(row.id, incident.id, event.seq);
      await subscribers.accepted(row.id);
      sent += 1;
    } else {
      stuck.add(incident.id);
      problem = outcome.problem;
    }
  }
  const { dead: left = 0 } = (await subscribers.get(row.id)) ?? {};
  return { sent, failed: stuck.size, left, problem };
};

const shown = (given: string | undefined, secret: string): string | null =>
  given === undefined ? secret : null;

const triedOf = (outcome: Outcome): Tried =>
  outcome.kind === "accepted"
    ? { accepted: true, status: outcome.status, problem: null }
    : { accepted: false, status: null, problem: outcome.problem };

type StoredSubscriber = SubscriberRow & Pick<Subscriber, "incidents_waiting" | "dead">;

const subscriberOf = (row: StoredSubscriber): Subscriber => {
  const { sealed_secrets: _sealed, updated_at: _updated, enabled, ...facts } = row;
  const isFailing = row.failing_since !== null;
  return { ...facts, state: enabled ? (isFailing ? "failing" : "working") : "disabled" };
};

const nameTaken = (name: string): SubscriberError =>
  new SubscriberError("refused", `There is a subscriber "${name}" already: choose another name.`);

const tooMany = (): SubscriberError =>
  new SubscriberError("refused", `There are ${mostSubscribers} subscribers already: remove one first.`);

const isDisabled = ({ name }: SubscriberRow): SubscriberError =>
  new SubscriberError("refused", `The subscriber "${name}" is disabled: enable it first.`);
