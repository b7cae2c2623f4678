import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { sql } from "kysely";
import type { TimelineEvent } from "../../domain/timeline.ts";
import type { TimelineNote } from "../../store/index.ts";
import { eventOf, eventually, incidentOf, onBothDatabases } from "./support.ts";

const ids = (events: { id: string }[]) => events.map(({ id }) => id);
const seqs = (events: { seq: number }[]) => events.map(({ seq }) => seq);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

onBothDatabases((opened) => {
  describe("append", () => {
    test("numbers events from 1 in the order given and answers them whole", async () => {
      const { store } = opened();
      await store.incidents.declare(incidentOf("a"));
      const event = eventOf("one", {
        data: { minutes: 3, who: ["Ada"] },
        links: [{ title: "x", url: "https://x" }],
      });
      const recorded = await store.timeline.append("a", [event, eventOf("two")]);
      expect(recorded).toEqual([
        { ...event, seq: 1, incident_id: "a" },
        { ...eventOf("two"), seq: 2, incident_id: "a" },
      ]);
      expect(await store.timeline.list("a", { limit: 10 })).toEqual(recorded);
      expect((await store.incidents.get("a"))?.lastSeq).toBe(2);
    });

    test("leaves out what is recorded already, in the same batch too, and keeps its first form", async () => {
      const { store } = opened();
      await store.incidents.declare(incidentOf("a"));
      await store.timeline.append("a", [eventOf("one", { title: "first" })]);
      const again = [eventOf("one", { title: "changed" }), eventOf("two"), eventOf("two"), eventOf("three")];
      expect(ids(await store.timeline.append("a", again))).toEqual(["two", "three"]);
      const listed = await store.timeline.list("a", { limit: 10 });
      expect(listed.map(({ title }) => title)).toEqual(["first", "Event two", "Event three"]);
      expect(seqs(listed)).toEqual([1, 2, 3]);
    });

    test("knows the same event id in another incident as another event", async () => {
      const { store } = opened();
      await store.incidents.declare(incidentOf("a"));
      await store.incidents.declare(incidentOf("b"));
      await store.timeline.append("a", [eventOf("one")]);
      expect(seqs(await store.timeline.append("b", [eventOf("one")]))).toEqual([1]);
    });

    test("says clearly that an incident is unknown", async () => {
      const appending = opened().store.timeline.append("nowhere", [eventOf("one")]);
      await expect(appending).rejects.toMatchObject({
        name: "StoreError",
        code: "incident_unknown",
        message: "There is no incident nowhere in the store: declare it first",
      });
    });

    test("records nothing of a batch when one of its events cannot be recorded", async () => {
      const { store } = opened();
      await store.incidents.declare(incidentOf("a"));
      const nameless = { ...eventOf("two"), id: null } as unknown as TimelineEvent;
      await expect(store.timeline.append("a", [eventOf("one"), nameless])).rejects.toThrow();
      expect(await store.timeline.list("a", { limit: 10 })).toEqual([]);
      expect(seqs(await store.timeline.append("a", [eventOf("one")]))).toEqual([1]);
    });

    test("records each event once and without gaps when fifty appends come at once", async () => {
      const { store, other } = opened();
      await store.incidents.declare(incidentOf("a"));
      const batchOf = (n: number) => [eventOf(`shared-${n % 5}`), eventOf(`own-${n}`), eventOf("all")];
      const answers = await Promise.all(
        upTo(50).map((n) => (n % 2 === 0 ? store : other).timeline.append("a", batchOf(n))),
      );
      const listed = await store.timeline.list("a", { limit: 1000 });
      expect(seqs(listed)).toEqual(upTo(56));
      expect(new Set(ids(listed)).size).toBe(56);
      // Each was answered to exactly one of the callers.
      expect(ids(answers.flat()).toSorted()).toEqual(ids(listed).toSorted());
      expect((await store.incidents.get("a"))?.lastSeq).toBe(56);
    });

    test("numbers each incident on its own when many are appended to at once", async () => {
      const { store, other } = opened();
      const incidents = upTo(10).map((n) => `i${n}`);
      await Promise.all(incidents.map((id) => store.incidents.declare(incidentOf(id))));
      await Promise.all(
        upTo(5).flatMap((n) => incidents.map((id) => other.timeline.append(id, [eventOf(`e${n}`)]))),
      );
      for (const id of incidents) expect(seqs(await store.timeline.list(id, { limit: 10 }))).toEqual(upTo(5));
    });

    test("keeps whatever text it is given, and replaces only what the database cannot hold", async () => {
      const { store } = opened();
      await store.incidents.declare(incidentOf("a"));
      const nasty = `'); drop table incidents; -- $1 $$ \\' "quoted" \\u0041 {{x}} 🚨 \u2028`;
      await store.timeline.append("a", [
        eventOf(`${nasty}/id`, { title: nasty, data: { [nasty]: nasty } }),
        eventOf("zero", { title: "a\0b \ud800 c \\u0000" }),
        eventOf("zero\0id"),
        eventOf("zero\0id"),
      ]);
      const [first, second, third, ...rest] = await store.timeline.list("a", { limit: 10 });
      expect(first).toMatchObject({ id: `${nasty}/id`, title: nasty, data: { [nasty]: nasty } });
      expect(second?.title).toBe("a\uFFFDb \uFFFD c \\u0000");
      expect(third?.id).toBe("zero\uFFFDid");
      expect(rest).toEqual([]);
      await expect(store.timeline.append(nasty, [eventOf("x")])).rejects.toThrow("There is no incident");
      expect(await store.timeline.list("a\0", { limit: 10 })).toEqual([]);
    });

    test("keeps the listing gapless, ordered and free of doubles whatever is appended", async () => {
      const { store, other } = opened();
      let runs = 0;
      const batches = fc.array(fc.array(fc.nat(12), { maxLength: 6 }), { maxLength: 8 });
      const holds = fc.asyncProperty(batches, async (given) => {
        const id = `p${++runs}`;
        await store.incidents.declare(incidentOf(id));
        for (const [index, batch] of given.entries()) {
          const events = batch.map((n) => eventOf(`e${n}`));
          await (index % 2 === 0 ? store : other).timeline.append(id, events);
        }
        const listed = await store.timeline.list(id, { limit: 1000 });
        expect(ids(listed)).toEqual([...new Set(given.flat().map((n) => `e${n}`))]);
        expect(seqs(listed)).toEqual(upTo(listed.length));
      });
      await fc.assert(holds, { numRuns: 20 });
    });
  });

  describe("list", () => {
    test("gives what comes after a sequence number, as much as asked for", async () => {
      const { store } = opened();
      await store.incidents.declare(incidentOf("a"));
      await store.timeline.append(
        "a",
        upTo(10).map((n) => eventOf(`e${n}`)),
      );
      expect(seqs(await store.timeline.list("a", { after: 4, limit: 3 }))).toEqual([5, 6, 7]);
      expect(seqs(await store.timeline.list("a", { after: 9, limit: 3 }))).toEqual([10]);
      expect(await store.timeline.list("a", { after: 10, limit: 3 })).toEqual([]);
    });

    test("is bounded, whatever is asked for", async () => {
      const { store } = opened();
      await store.incidents.declare(incidentOf("a"));
      await store.timeline.append(
        "a",
        upTo(1005).map((n) => eventOf(`e${n}`)),
      );
      for (const limit of [1e9, Infinity, Number.NaN])
        expect(await store.timeline.list("a", { limit })).toHaveLength(1000);
      expect(await store.timeline.list("a", { limit: -5 })).toHaveLength(1);
    });
  });

  describe("subscribe", () => {
    test("hears of appends by other connections, after they can be read", async () => {
      const { store, other } = opened();
      await store.incidents.declare(incidentOf("a"));
      const heard: (TimelineNote & { readable: number })[] = [];
      const stop = await store.timeline.subscribe((note) => {
        void store.timeline
          .list(note.incidentId, { limit: 10 })
          .then((events) => heard.push({ ...note, readable: events.length }));
      });
      await other.timeline.append("a", [eventOf("one"), eventOf("two")]);
      await eventually(() => heard.length === 1);
      expect(heard).toEqual([{ incidentId: "a", seq: 2, readable: 2 }]);
      await stop();
    });

    test("is silent about appends that add nothing, and once it is stopped", async () => {
      const { store, other } = opened();
      await store.incidents.declare(incidentOf("a"));
      const heard: TimelineNote[] = [];
      const later: TimelineNote[] = [];
      const stop = await store.timeline.subscribe((note) => heard.push(note));
      const stopLater = await store.timeline.subscribe((note) => later.push(note));
      await other.timeline.append("a", [eventOf("one")]);
      await other.timeline.append("a", [eventOf("one")]);
      await eventually(() => heard.length === 1);
      await stop();
      await other.timeline.append("a", [eventOf("two")]);
      await eventually(() => later.length === 2);
      expect(heard).toEqual([{ incidentId: "a", seq: 1 }]);
      await stopLater();
    });

    test("goes on for the others when one subscriber throws", async () => {
      const { store } = opened();
      await store.incidents.declare(incidentOf("a"));
      const heard: TimelineNote[] = [];
      const stops = [
        await store.timeline.subscribe(() => {
          throw new Error("a careless subscriber");
        }),
        await store.timeline.subscribe((note) => heard.push(note)),
      ];
      await store.timeline.append("a", [eventOf("one")]);
      await eventually(() => heard.length === 1);
      await Promise.all(stops.map((stop) => stop()));
    });

    test("connects again when its connection is cut, and asks to read again", async () => {
      const { store, other, db } = opened();
      await store.incidents.declare(incidentOf("a"));
      const heard: TimelineNote[] = [];
      const stop = await store.timeline.subscribe((note) => heard.push(note));
      const { rows } = await sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where query like 'listen %' and pid <> pg_backend_pid() and datname = current_database()`.execute(db);
      // The embedded database has no connection that could be cut.
      if (rows.length > 0) await eventually(() => heard.some(({ incidentId }) => incidentId === "*"));
      await other.timeline.append("a", [eventOf("one")]);
      await eventually(() => heard.some(({ incidentId, seq }) => incidentId === "a" && seq === 1));
      await stop();
    });
  });
});
