import { describe, expect, test } from "@jest/globals";
import { sql } from "kysely";
import type { Store, StreamClaim } from "../../store/index.ts";
import { eventOf, incidentOf, onBothDatabases } from "./support.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

const sub = (id: string, over: object = {}) => ({
  id,
  name: id,
  url: "https://hooks.example.com/",
  kinds: [],
  severities: [],
  sealed_secrets: "sealed",
  created_by: "Ada",
  ...over,
});

const append = (store: Store, incident: string, ...ids: string[]) =>
  store.timeline.append(
    incident,
    ids.map((id) => eventOf(id)),
  );

/** What one may claim of a subscriber, right now. */
const claims = (store: Store, id = "s", most = 10): Promise<StreamClaim[]> =>
  store.deliveries.claim({ [id]: most }, minuteMs);

const only = async (store: Store, id = "s"): Promise<StreamClaim> => {
  const [claim, ...more] = await claims(store, id);
  if (!claim || more.length > 0) throw new Error(`${more.length + (claim ? 1 : 0)} claims`);
  return claim;
};

const seqs = async (store: Store, claim: StreamClaim, limit = 100): Promise<number[]> =>
  (await store.deliveries.next(claim, limit)).map(({ event }) => event.seq);

const failure = { problem: "It answered 500.", delayMs: minuteMs, lifeMs: 3 * dayMs };

onBothDatabases((opened) => {
  const passes = (ms: number) =>
    sql`update subscriber_streams set due_at = due_at - make_interval(secs => ${ms / 1000}),
      failing_since = failing_since - make_interval(secs => ${ms / 1000})`.execute(opened().db);

  describe("deliveries", () => {
    test("begin with the first event after the subscriber", async () => {
      const { store } = opened();
      await store.incidents.declare(incidentOf("quiet"));
      await store.incidents.declare(incidentOf("busy"));
      await append(store, "quiet", "a", "b");
      await append(store, "busy", "a", "b");
      await store.subscribers.create(sub("s"));
      await append(store, "busy", "c", "d");
      expect(await store.deliveries.note()).toBe(1);
      const claim = await only(store);
      expect(claim).toMatchObject({ subscriberId: "s", incidentId: "busy", seq: 2, knownSeq: 4, tries: 0 });
      expect(await seqs(store, claim)).toEqual([3, 4]);
    });

    test("are noted once, by whoever is first, for each subscriber that is enabled", async () => {
      const { store, other } = opened();
      for (const id of ["s", "t", "off"]) await store.subscribers.create(sub(id));
      await store.subscribers.change("off", { enabled: false });
      await store.incidents.declare(incidentOf("inc"));
      await append(store, "inc", "a");
      const noted = await Promise.all([store.deliveries.note(["inc"]), other.deliveries.note(["inc"])]);
      expect(noted.toSorted((a, b) => a - b)).toEqual([0, 2]);
      expect(await store.deliveries.note()).toBe(0);
      expect(await claims(store, "off")).toEqual([]);
      await store.subscribers.change("off", { enabled: true });
      expect(await store.deliveries.note()).toBe(1);
    });

    test("of one incident are in one hand at a time, however many reach for them", async () => {
      const { store, other } = opened();
      await store.subscribers.create(sub("s"));
      for (const id of ["a", "b", "c", "d"]) {
        await store.incidents.declare(incidentOf(id));
        await append(store, id, "1");
      }
      await store.deliveries.note();
      const taken = await Promise.all(
        Array.from({ length: 8 }, (_, n) => claims(n % 2 === 0 ? store : other, "s", 3)),
      );
      const incidents = taken.flat().map(({ incidentId }) => incidentId);
      expect(new Set(incidents).size).toBe(incidents.length);
      const rest = await claims(store);
      expect([...incidents, ...rest.map(({ incidentId }) => incidentId)].toSorted()).toEqual([
        "a",
        "b",
        "c",
        "d",
      ]);
    });

    test("that come while others are under way are found when those are done", async () => {
      const { store, other } = opened();
      await store.subscribers.create(sub("s"));
      await store.incidents.declare(incidentOf("inc"));
      await append(store, "inc", "a");
      await store.deliveries.note();
      const claim = await only(store);
      await append(other, "inc", "b");
      await other.deliveries.note(["inc"]);
      expect(await claims(other)).toEqual([]);
      expect(await store.deliveries.advance(claim, 1, minuteMs)).toBe(true);
      await store.deliveries.release(claim, claim.knownSeq);
      const next = await only(other);
      expect(next).toMatchObject({ seq: 1, knownSeq: 2 });
      await other.deliveries.release(next, 2);
      expect(await claims(store)).toEqual([]);
    });

    test("are lost by nobody when appending, noting and releasing race", async () => {
      const { store, other } = opened();
      await store.subscribers.create(sub("s"));
      await store.incidents.declare(incidentOf("inc"));
      const heard: number[] = [];
      const deliverAll = async (on: Store): Promise<void> => {
        for (const claim of await claims(on)) {
          for (const seq of await seqs(on, claim, 3)) {
            if (await on.deliveries.advance(claim, seq, minuteMs)) heard.push(seq);
          }
          await on.deliveries.release(claim, heard.at(-1) ?? claim.seq);
        }
      };
      const appending = async (on: Store, name: string): Promise<void> => {
        for (let n = 0; n < 15; n += 1) {
          await append(on, "inc", `${name}${n}`);
          await on.deliveries.note(["inc"]);
          await deliverAll(on);
        }
      };
      await Promise.all([appending(store, "a"), appending(other, "b")]);
      while ((await store.subscribers.get("s"))!.incidents_waiting > 0) await deliverAll(store);
      expect(heard).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    });

    test("whose hand died are taken over when the lease ends; the dead hand changes nothing any more", async () => {
      const { store, other } = opened();
      await store.subscribers.create(sub("s"));
      await store.incidents.declare(incidentOf("inc"));
      await append(store, "inc", "a", "b", "c");
      await store.deliveries.note();
      const dead = await only(store);
      await store.deliveries.advance(dead, 1, minuteMs);
      expect(await claims(other)).toEqual([]);
      await passes(minuteMs);
      const heir = await only(other);
      expect(heir).toMatchObject({ seq: 1, knownSeq: 3 });
      expect(await store.deliveries.advance(dead, 2, minuteMs)).toBe(false);
      expect(await store.deliveries.fail(dead, 2, failure)).toBe(false);
      await store.deliveries.release(dead, 3);
      expect(await seqs(other, heir)).toEqual([2, 3]);
      expect(await other.deliveries.advance(heir, 2, minuteMs)).toBe(true);
      expect(await claims(store)).toEqual([]);
    });

    test("that fail wait, and are given up when nothing was accepted for as long as an event lives", async () => {
      const { store, db } = opened();
      await store.subscribers.create(sub("s"));
      await store.incidents.declare(incidentOf("inc"));
      await append(store, "inc", "a", "b");
      await store.deliveries.note();
      expect(await store.deliveries.fail(await only(store), 1, failure)).toBe(false);
      expect(await claims(store)).toEqual([]);
      await passes(3 * dayMs);
      // The event itself is young: somebody has only just recorded it.
      const young = await only(store);
      expect(young).toMatchObject({ seq: 0, tries: 1 });
      expect(await store.deliveries.fail(young, 1, failure)).toBe(false);
      await sql`update timeline_events set recorded_at = recorded_at - interval '3 days'`.execute(db);
      await passes(minuteMs);
      expect(await store.deliveries.fail(await only(store), 1, failure)).toBe(true);
      expect(await store.deliveries.dead("s", { limit: 10 })).toMatchObject([
        { state: "dead", incident_id: "inc", seq: 1, tries: 3, problem: "It answered 500." },
      ]);
      const next = await only(store);
      expect(await seqs(store, next)).toEqual([2]);
      await store.deliveries.advance(next, 2, minuteMs);
      await store.deliveries.release(next, 2);
      const [dead] = await store.deliveries.deadEvents("s", { limit: 10 });
      expect(dead).toMatchObject({ incident: { id: "inc", status: "detected" }, event: { seq: 1, id: "a" } });
      await store.deliveries.revived("s", "inc", 1);
      expect(await store.subscribers.get("s")).toMatchObject({ dead: 0, incidents_waiting: 0 });
    });

    test("go with their subscriber, and with their incident", async () => {
      const { store, db } = opened();
      for (const id of ["s", "t"]) await store.subscribers.create(sub(id));
      for (const id of ["a", "b"]) {
        await store.incidents.declare(incidentOf(id));
        await append(store, id, "1");
      }
      await store.deliveries.note();
      for (const claim of [...(await claims(store, "s")), ...(await claims(store, "t"))])
        await store.deliveries.fail(claim, 1, { ...failure, lifeMs: 0 });
      expect(await store.subscribers.list()).toMatchObject([{ dead: 2 }, { dead: 2 }]);
      await db.deleteFrom("timeline_events").where("incident_id", "=", "a").execute();
      await db.deleteFrom("incidents").where("id", "=", "a").execute();
      expect(await store.subscribers.list()).toMatchObject([{ dead: 1 }, { dead: 1 }]);
      expect(await store.subscribers.remove("s")).toBe(true);
      expect(await store.subscribers.remove("s")).toBe(false);
      expect(await store.deliveries.dead("s", { limit: 10 })).toEqual([]);
      expect(await store.deliveries.dead("t", { limit: 10 })).toHaveLength(1);
    });

    test("are due at once when the subscriber is changed, or works again after an outage", async () => {
      const { store, db } = opened();
      await store.subscribers.create(sub("s"));
      await store.incidents.declare(incidentOf("inc"));
      await append(store, "inc", "a");
      await store.deliveries.note();
      const failed = async () => {
        await store.deliveries.fail(await only(store), 1, { ...failure, delayMs: dayMs });
        await store.subscribers.failed("s", "It answered 500.", 0);
      };
      await failed();
      expect(await claims(store)).toEqual([]);
      await store.subscribers.change("s", { url: "https://hooks.example.com/2" });
      await failed();
      await store.subscribers.accepted("s");
      expect(await claims(store)).toEqual([]);
      await store.subscribers.failed("s", "It answered 500.", 0);
      await sql`update subscribers set failing_since = failing_since - interval '6 minutes'`.execute(db);
      await store.subscribers.accepted("s");
      expect(await only(store)).toMatchObject({ seq: 0, tries: 1 });
      expect(await store.subscribers.get("s")).toMatchObject({ failing_since: null, problem: null });
    });
  });

  describe("subscribers", () => {
    test("tell every process that listens when they change", async () => {
      const { store, other } = opened();
      const heard: string[] = [];
      const end = await other.timeline.subscribe(({ incidentId }) => void heard.push(incidentId));
      const told = async (count: number) => {
        for (let n = 0; n < 200 && heard.length < count; n += 1)
          await new Promise((resolve) => setTimeout(resolve, 20));
        return heard.length;
      };
      await store.subscribers.create(sub("s"));
      expect(await told(1)).toBe(1);
      await store.subscribers.failed("s", "It answered 500.", 0);
      await store.subscribers.accepted("s");
      await store.subscribers.change("s", { enabled: false });
      expect(await told(2)).toBe(2);
      await store.subscribers.remove("s");
      expect(await told(3)).toBe(3);
      expect(heard).toEqual(["*", "*", "*"]);
      await end();
    });

    test("have names that no other has, whatever the case", async () => {
      const { store } = opened();
      await store.subscribers.create(sub("s", { name: "Platform" }));
      expect(await store.subscribers.create(sub("t", { name: "PLATFORM" }))).toBeUndefined();
      await store.subscribers.create(sub("u", { name: "Other" }));
      expect(await store.subscribers.change("u", { name: "platform" })).toBe(false);
      expect(await store.subscribers.change("nobody", { enabled: false })).toBe(false);
    });
  });
});
