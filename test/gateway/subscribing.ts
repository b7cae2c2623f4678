import { randomBytes } from "node:crypto";
import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { SubscriberInput } from "../../client/api.ts";
import type { Tables } from "../../store/tables.ts";
import type { TestGateway } from "./startGateway.ts";
import { anEvent, bearer } from "./startGateway.ts";

export const aSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`;

export const seconds = (count: number): number => count * 1000;
export const hours = (count: number): number => count * 3_600_000;

/**
 * As much time passes for all that concerns subscribers, by the database's clock; then every gateway looks. What somebody
 * is sending meanwhile takes no time.
 */
export const passes = async (db: Kysely<Tables>, ms: number): Promise<void> => {
  const ago = sql`make_interval(secs => ${ms / 1000})`;
  await sql`
    update subscriber_streams set due_at = due_at - ${ago}, failing_since = failing_since - ${ago}
    where claim is null`.execute(db);
  await sql`
    update subscribers set created_at = created_at - ${ago}, failing_since = failing_since - ${ago},
      quiet_until = quiet_until - ${ago}, last_accepted_at = last_accepted_at - ${ago}`.execute(db);
  await sql`update timeline_events set recorded_at = recorded_at - ${ago}`.execute(db);
  await sql`select pg_notify('timeline', '* 0')`.execute(db);
};

/** The leases of whoever was sending have ended, since they died. */
export const leasesEnd = async (db: Kysely<Tables>): Promise<void> => {
  await sql`update subscriber_streams set due_at = clock_timestamp() where claim is not null`.execute(db);
  await passes(db, 0);
};

/** An administrator of subscribers. */
export const administrator = (gateway: TestGateway) => {
  const ask = (method: string, path = "", payload?: object) =>
    gateway.inject({ method, url: `/api/subscribers${path}`, headers: bearer("admin"), payload });
  return {
    ask,
    add: async (given: SubscriberInput): Promise<string> => {
      const answer = await ask("POST", "", given);
      if (answer.statusCode !== 201) throw new Error(answer.body);
      return answer.json().subscriber.id;
    },
    show: async (id: string) => (await ask("GET", `/${id}`)).json(),
    deliveries: async (id: string, state: "pending" | "dead") =>
      (await ask("GET", `/${id}/deliveries?state=${state}&limit=200`)).json().deliveries,
  };
};

/** Records the events numbered from `first` to `last` of an incident. */
export const record = async (
  { store }: Pick<TestGateway, "store">,
  incident: string,
  first: number,
  last = first,
): Promise<void> => {
  const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  await store.timeline.append(
    incident,
    numbers.map((n) => anEvent({ id: `test/${n}`, title: `Event ${n}` })),
  );
};
