import { describe, expect, test } from "@jest/globals";
import type { MeetingLife } from "../../domain/meetingLife.ts";
import type { Runbook } from "../../domain/runbook.ts";
import type { Store } from "../../store/index.ts";
import { newLife } from "../../domain/meetingLife.ts";
import { eventOf, executionOf, incidentOf, meetingOf, movement, onBothDatabases } from "./support.ts";

const minute = (n: number) => `2026-03-01T10:${String(n).padStart(2, "0")}:00.000Z`;

const nasty = `'); drop table incidents; -- $1 $$ \\' "quoted" 🚨`;

/** Reads all pages; the most there may be keeps a broken cursor from running forever. */
const allPages = async <Row>(page: (before?: string) => Promise<{ rows: Row[]; next?: string }>) => {
  const pages: Row[][] = [];
  let before: string | undefined;
  do {
    const { rows, next } = await page(before);
    pages.push(rows);
    before = next;
  } while (before !== undefined && pages.length < 50);
  return pages;
};

const incidentPages = (store: Store, limit: number) =>
  allPages(async (before) => {
    const { incidents, ...next } = await store.incidents.list({ limit, before });
    return { rows: incidents.map(({ incident }) => incident.id), ...next };
  });

onBothDatabases((opened) => {
  describe("incidents", () => {
    test("are declared once, and a repetition answers what is there", async () => {
      const { store, other } = opened();
      const incident = incidentOf("a", { custom_fields: { region: "eu", paid: true }, title: nasty });
      expect(await store.incidents.declare(incident)).toMatchObject({ incident, created: true });
      const again = await other.incidents.declare(incidentOf("a", { title: "another" }));
      expect(again).toMatchObject({ incident, created: false });
      expect(await store.incidents.get("a")).toEqual({ incident, bridge: null, lastSeq: 0 });
      expect(await store.incidents.get("b")).toBeUndefined();
    });

    test("are created by exactly one of many who declare them at once", async () => {
      const { store, other } = opened();
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          (n % 2 === 0 ? store : other).incidents.declare(incidentOf("a", { title: `by ${n}` })),
        ),
      );
      expect(answers.filter(({ created }) => created)).toHaveLength(1);
      expect(new Set(answers.map(({ incident }) => incident.title)).size).toBe(1);
    });

    test("are declared with what is planned for them, or not at all", async () => {
      const { store, other } = opened();
      const begun = executionOf("x", "a");
      const planning = () => ({ events: [eventOf("one"), eventOf("two")], started: [begun], more: "mine" });
      const nameless = { ...eventOf("two"), id: null as unknown as string };
      const bad = store.incidents.declare(incidentOf("a"), () => ({ ...planning(), events: [nameless] }));
      await expect(bad).rejects.toThrow();
      expect(await store.incidents.get("a")).toBeUndefined();

      const { created, planned } = await store.incidents.declare(incidentOf("a"), planning);
      expect({ created, more: planned?.more }).toEqual({ created: true, more: "mine" });
      const again = () => ({ events: [eventOf("three")], started: [executionOf("y", "a")] });
      expect(await other.incidents.declare(incidentOf("a"), again)).toMatchObject({ created: false });
      expect((await store.timeline.list("a", { limit: 9 })).map(({ id, seq }) => [id, seq])).toEqual([
        ["one", 1],
        ["two", 2],
      ]);
      expect(await store.executions.listByIncident("a")).toEqual([begun]);
      expect((await store.incidents.get("a"))?.lastSeq).toBe(2);
    });

    test("are declared by one of many at once, with the plan of that one", async () => {
      const { store, other } = opened();
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          (n % 2 === 0 ? store : other).incidents.declare(incidentOf("a", { title: `by ${n}` }), () => ({
            events: [eventOf(`by ${n}`)],
            started: [executionOf(`by ${n}`, "a")],
          })),
        ),
      );
      const title = answers[0]?.incident.title;
      expect(answers.filter(({ created }) => created).map(({ incident }) => incident.title)).toEqual([title]);
      expect(await store.timeline.list("a", { limit: 99 })).toMatchObject([{ id: title, seq: 1 }]);
      expect(await store.executions.listByIncident("a")).toMatchObject([{ id: title }]);
    });

    test("are planned from the runbooks of that moment, whoever changed them", async () => {
      const { store, other } = opened();
      let declared = 0;
      const plannedBy = async (declarer: Store): Promise<string[]> => {
        declared += 1;
        const incident = incidentOf(`a${declared}`);
        const { planned } = await declarer.incidents.declare(incident, (runbooks) => ({
          events: [],
          started: [],
          titles: runbooks.map(({ title }) => title),
        }));
        return planned?.titles ?? [];
      };
      const book = (key: string, title: string) => ({ key, title }) as Runbook;
      const put = (key: string, title: string) => other.runbooks.put(book(key, title), title, "Ada");
      expect(await plannedBy(store)).toEqual([]);
      await put("one", "First");
      await put("two", "Second");
      expect(await plannedBy(store)).toEqual(["First", "Second"]);
      await put("two", "Second, better");
      expect([await plannedBy(store), await plannedBy(other)]).toEqual([
        ["First", "Second, better"],
        ["First", "Second, better"],
      ]);
      await other.runbooks.remove("one");
      expect(await plannedBy(store)).toEqual(["Second, better"]);
      await put("one", "Back");
      await other.runbooks.remove("two");
      await put("two", "Back, too");
      expect(await plannedBy(store)).toEqual(["Back", "Back, too"]);
      await other.runbooks.remove("one");
      await put("three", "Third");
      const many = await Promise.all(Array.from({ length: 5 }, () => plannedBy(store)));
      expect(many).toEqual(Array.from({ length: 5 }, () => ["Third", "Back, too"]));
    });

    test("are saved with their events, or not at all", async () => {
      const { store } = opened();
      await store.incidents.declare(incidentOf("a"));
      const changed = incidentOf("a", { severity: "0", updated_at: minute(1) });
      expect(await store.incidents.save(changed, [eventOf("one")])).toMatchObject([{ id: "one", seq: 1 }]);
      expect(await store.incidents.get("a")).toEqual({ incident: changed, bridge: null, lastSeq: 1 });

      const nameless = { ...eventOf("two"), id: null as unknown as string };
      const worse = incidentOf("a", { title: "never", updated_at: minute(2) });
      await expect(store.incidents.save(worse, [nameless])).rejects.toThrow();
      expect(await store.incidents.get("a")).toEqual({ incident: changed, bridge: null, lastSeq: 1 });
    });

    test("are saved with the executions that start, which stay as they are when saved again", async () => {
      const { store } = opened();
      const begun = executionOf("x", "a");
      await store.incidents.save(incidentOf("a"), [eventOf("one")], [begun]);
      await store.executions.save({ ...begun, state: "waiting" });
      await store.incidents.save(incidentOf("a"), [eventOf("one")], [begun]);
      expect(await store.executions.listByIncident("a")).toEqual([{ ...begun, state: "waiting" }]);
    });

    test("are saved even when nobody declared them, and saving again adds nothing", async () => {
      const { store } = opened();
      const incident = incidentOf("a");
      expect(await store.incidents.save(incident, [eventOf("one")])).toHaveLength(1);
      expect(await store.incidents.save(incident, [eventOf("one")])).toEqual([]);
      expect(await store.incidents.get("a")).toEqual({ incident, bridge: null, lastSeq: 1 });
    });

    test("are never overwritten by older fields, while the older save's events are recorded", async () => {
      const { store } = opened();
      const newer = incidentOf("a", { title: "newer", updated_at: minute(5) });
      await store.incidents.save(newer, []);
      await store.incidents.save(incidentOf("a", { title: "older", updated_at: minute(4) }), [
        eventOf("one"),
      ]);
      expect(await store.incidents.get("a")).toEqual({ incident: newer, bridge: null, lastSeq: 1 });
    });

    test("have the latest meeting made as their bridge, as it stands", async () => {
      const { store } = opened();
      await store.incidents.declare(incidentOf("a"));
      await store.meetings.save(meetingOf("85", "a", { created_at: minute(1) }));
      await store.meetings.save(meetingOf("86", "a", { created_at: minute(2) }));
      await store.meetings.save(meetingOf("87", "a", { created_at: minute(3), purpose: "follow_up" }));
      const waiting = { meeting_id: "86", join_url: "https://zoom.example/j/86", passcode: "123456" };
      expect((await store.incidents.get("a"))?.bridge).toEqual({
        ...waiting,
        state: "waiting",
        head_count: 0,
      });

      const session = { uuid: "u", startedAtMs: 1, seen: {} };
      const live = { state: "live" as const, sessions: [session], recordingReady: false };
      await store.meetings.changeLife("86", () => ({ life: live }));
      await store.meetings.addMovements("86", [
        movement("joined", 2, "one"),
        movement("joined", 2, "two"),
        movement("left", 3, "two"),
      ]);
      const { incidents } = await store.incidents.list({ limit: 10 });
      expect(incidents[0]?.bridge).toEqual({ ...waiting, state: "live", head_count: 1 });
    });

    test("are listed newest first, page by page, without gaps or doubles while more are declared", async () => {
      const { store } = opened();
      // Three at each instant, and instants finer than a millisecond.
      const declared = Array.from({ length: 12 }, (_, n) =>
        incidentOf(`i${String(n).padStart(2, "0")}`, {
          created_at: `2026-03-01T10:00:00.00000${Math.floor(n / 3)}Z`,
        }),
      );
      for (const incident of declared.toReversed()) await store.incidents.declare(incident);
      const first = await store.incidents.list({ limit: 5 });
      await store.incidents.declare(incidentOf("late", { created_at: minute(30) }));
      const rest = await store.incidents.list({ limit: 100, before: first.next });
      const ids = [...first.incidents, ...rest.incidents].map(({ incident }) => incident.id);
      expect(ids).toEqual(declared.map(({ id }) => id).toReversed());
      expect(rest.next).toBeUndefined();
      expect((await incidentPages(store, 4)).map((page) => page.length)).toEqual([4, 4, 4, 1]);
      expect((await incidentPages(store, 13)).map((page) => page.length)).toEqual([13]);
    });

    test("are filtered by severity, status, openness and words", async () => {
      const { store } = opened();
      const made = [
        incidentOf("a", { severity: "0", title: "Checkout is down", short_id: "INC-1" }),
        incidentOf("b", { severity: "1", status: "resolved", title: "Search is 50% slow" }),
        incidentOf("c", { severity: "0", status: "closed", title: "Mail_queue", service: "Mailer" }),
        incidentOf("d", { severity: "2", status: "monitoring", title: nasty }),
      ];
      for (const incident of made) await store.incidents.declare(incident);
      const found = async (filter: object) =>
        (await store.incidents.list({ limit: 10, ...filter })).incidents
          .map(({ incident }) => incident.id)
          .toSorted();
      expect(await found({ severity: "0" })).toEqual(["a", "c"]);
      expect(await found({ status: "resolved" })).toEqual(["b"]);
      expect(await found({ open: true })).toEqual(["a", "d"]);
      expect(await found({ open: false })).toEqual(["b", "c"]);
      expect(await found({ open: true, severity: "0" })).toEqual(["a"]);
      expect(await found({ q: "checkOUT" })).toEqual(["a"]);
      expect(await found({ q: "inc-1" })).toEqual(["a"]);
      expect(await found({ q: "mailer" })).toEqual(["c"]);
      // Not wildcards.
      expect(await found({ q: "%" })).toEqual(["b"]);
      expect(await found({ q: "l_q" })).toEqual(["c"]);
      expect(await found({ q: "\\" })).toEqual(["d"]);
      expect(await found({ q: nasty })).toEqual(["d"]);
      expect(await found({ q: "\0" })).toEqual([]);
      expect(await found({ q: "  " })).toEqual(["a", "b", "c", "d"]);
    });

    test("are listed in bounded pages, and a made-up cursor is refused", async () => {
      const { store } = opened();
      await Promise.all(Array.from({ length: 205 }, (_, n) => store.incidents.declare(incidentOf(`i${n}`))));
      expect((await store.incidents.list({ limit: 1e9 })).incidents).toHaveLength(200);
      const madeUp = ["x", "", "bnVsbA", Buffer.from(`["2026-99-99T00:00:00Z","a"]`).toString("base64url")];
      for (const before of madeUp)
        await expect(store.incidents.list({ limit: 1, before })).rejects.toMatchObject({
          code: "cursor_invalid",
        });
    });
  });

  describe("runbooks", () => {
    const runbook: Runbook = {
      key: "bridge",
      title: nasty,
      inputs: { zulu: { type: "string", required: false }, alpha: { type: "string", required: true } },
      steps: [
        { id: "meet", action: "zoom.create_meeting", input: { topic: "{{incident.title}}", b: 1, a: 2 } },
      ],
    };

    test("keep their text and the order of their keys", async () => {
      const { store } = opened();
      const source = `key: bridge # ${nasty}\n`;
      expect(await store.runbooks.put(runbook, source, "Ada")).toEqual({ version: 1, changed: true });
      const saved = await store.runbooks.get("bridge");
      expect(saved).toMatchObject({ source, version: 1, updated_by: "Ada" });
      expect(JSON.stringify(saved?.runbook)).toBe(JSON.stringify(runbook));
      expect(Date.now() - Date.parse(saved?.updated_at ?? "")).toBeLessThan(60_000);
      expect(await store.runbooks.list()).toEqual([saved]);
      expect(await store.runbooks.get("other")).toBeUndefined();
    });

    test("get a new version only when something changed, and keep the old ones", async () => {
      const { store, db } = opened();
      await store.runbooks.put(runbook, "one", "Ada");
      expect(await store.runbooks.put(runbook, "one", "Bob")).toEqual({ version: 1, changed: false });
      expect(await store.runbooks.put(runbook, "two", "Bob")).toEqual({ version: 2, changed: true });
      expect(await store.runbooks.put({ ...runbook, title: "x" }, "two", "Bob")).toEqual({
        version: 3,
        changed: true,
      });
      const versions = await db
        .selectFrom("runbook_versions")
        .select(["version", "source", "created_by"])
        .execute();
      expect(versions).toEqual([
        { version: 1, source: "one", created_by: "Ada" },
        { version: 2, source: "two", created_by: "Bob" },
        { version: 3, source: "two", created_by: "Bob" },
      ]);
    });

    test("are gone when removed, and count on when they come back", async () => {
      const { store } = opened();
      await store.runbooks.put(runbook, "one", "Ada");
      expect(await store.runbooks.remove("bridge")).toBe(true);
      expect(await store.runbooks.remove("bridge")).toBe(false);
      expect(await store.runbooks.get("bridge")).toBeUndefined();
      expect(await store.runbooks.list()).toEqual([]);
      expect(await store.runbooks.put(runbook, "one", "Ada")).toEqual({ version: 2, changed: true });
    });

    test("get every version once when many save them at the same time", async () => {
      const { store, other } = opened();
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          (n % 2 === 0 ? store : other).runbooks.put(runbook, `${n % 10}`, "Ada"),
        ),
      );
      const changed = answers.filter((answer) => answer.changed).map(({ version }) => version);
      expect(changed.toSorted((a, b) => a - b)).toEqual(changed.map((_, index) => index + 1));
      expect((await store.runbooks.get("bridge"))?.version).toBe(changed.length);
    });
  });

  describe("executions", () => {
    test("are saved with events of their incident", async () => {
      const { store } = opened();
      await store.incidents.declare(incidentOf("a"));
      expect(await store.executions.save(executionOf("x", "a"))).toEqual([]);
      const parked = executionOf("x", "a", { state: "parked", steps: [] });
      const events = [eventOf("one"), eventOf("two")];
      expect(await store.executions.save(parked, events)).toMatchObject([{ seq: 1 }, { seq: 2 }]);
      expect(await store.executions.save(parked, events)).toEqual([]);
      expect(await store.executions.get("x")).toEqual(parked);
      expect(await store.executions.get("y")).toBeUndefined();
      expect(await store.timeline.list("a", { limit: 9 })).toHaveLength(2);
    });

    test("of an unknown incident are refused, with events or without", async () => {
      const { store } = opened();
      const unknown = { code: "incident_unknown", message: expect.stringContaining("nowhere") };
      await expect(store.executions.save(executionOf("x", "nowhere"))).rejects.toMatchObject(unknown);
      const withEvent = store.executions.save(executionOf("x", "nowhere"), [eventOf("one")]);
      await expect(withEvent).rejects.toMatchObject(unknown);
      expect(await store.executions.get("x")).toBeUndefined();
    });

    test("that have ended are not revived by a belated save, whose events are recorded", async () => {
      const { store } = opened();
      await store.incidents.declare(incidentOf("a"));
      const ended = executionOf("x", "a", { state: "failed", ended_at: minute(9) });
      await store.executions.save(executionOf("x", "a"));
      await store.executions.save(ended);
      expect(await store.executions.save(executionOf("x", "a"), [eventOf("late")])).toHaveLength(1);
      expect(await store.executions.get("x")).toEqual(ended);
      const corrected = { ...ended, state: "completed" } as const;
      await store.executions.save(corrected);
      expect(await store.executions.get("x")).toEqual(corrected);
    });

    test("are listed by incident in order, and over all newest first, by state, page by page", async () => {
      const { store } = opened();
      await store.incidents.declare(incidentOf("a"));
      await store.incidents.declare(incidentOf("b"));
      for (let n = 0; n < 7; n++) {
        const state = n % 2 === 0 ? "running" : "parked";
        await store.executions.save(
          executionOf(`x${n}`, n < 4 ? "a" : "b", { state, started_at: minute(Math.floor(n / 2)) }),
        );
      }
      const ofIncident = await store.executions.listByIncident("a");
      expect(ofIncident.map(({ id }) => id)).toEqual(["x0", "x1", "x2", "x3"]);
      const pages = await allPages(async (before) => {
        const { executions, ...next } = await store.executions.list({ limit: 3, before });
        return { rows: executions.map(({ id }) => id), ...next };
      });
      expect(pages).toEqual([["x6", "x5", "x4"], ["x3", "x2", "x1"], ["x0"]]);
      const parked = await store.executions.list({ limit: 3, state: "parked" });
      expect(parked).toMatchObject({ executions: [{ id: "x5" }, { id: "x3" }, { id: "x1" }] });
      expect(parked.next).toBeUndefined();
    });
  });

  describe("meetings", () => {
    const life: MeetingLife = { state: "waiting", sessions: [], recordingReady: false };

    test("keep their life when they are saved again", async () => {
      const { store } = opened();
      await store.incidents.declare(incidentOf("a"));
      await store.meetings.save(meetingOf("85", "a"));
      const unborn = {
        meeting: meetingOf("85", "a"),
        life: null,
        expected: [],
        isResolved: false,
        isWithdrawn: false,
      };
      expect(await store.meetings.get("85")).toEqual(unborn);
      await store.meetings.changeLife("85", () => ({ life }), { heard: true });
      await store.meetings.save(meetingOf("85", "a", { topic: nasty }));
      expect(await store.meetings.get("85")).toEqual({
        ...unborn,
        meeting: meetingOf("85", "a", { topic: nasty }),
        life,
      });
      expect(await store.meetings.get("86")).toBeUndefined();
    });

    test("are counted by host while people may be in them: bridges of open incidents that are not over", async () => {
      const { store } = opened();
      const hosted = (id: string, incident: string, host: string) =>
        store.meetings.save({ ...meetingOf(id, incident), host, purpose: "bridge" });
      await store.incidents.declare(incidentOf("host-a"));
      await store.incidents.declare({ ...incidentOf("host-b"), status: "resolved" });
      await hosted("901", "host-a", "Pool@example.com");
      await hosted("902", "host-a", "pool@example.com");
      await hosted("903", "host-a", "pool@example.com");
      await hosted("904", "host-b", "pool@example.com");
      await store.meetings.changeLife("902", () => ({ life: { ...life, state: "live" } }));
      await store.meetings.changeLife("903", () => ({ life: { ...life, state: "ended" } }));
      expect((await store.meetings.bridgesByHost(0))["pool@example.com"]).toBe(2);
      expect(
        (await store.meetings.bridgesByHost(Date.now() + 3_600_000))["pool@example.com"],
      ).toBeUndefined();
    });

    test("change their life with events of their incident", async () => {
      const { store } = opened();
      await store.incidents.declare(incidentOf("a"));
      await store.meetings.save(meetingOf("85", "a"));
      const live = { ...life, state: "live" } as const;
      const change = () => ({ life: live, events: [eventOf("one")] });
      expect(await store.meetings.changeLife("85", change)).toEqual({ before: life, life: live });
      await store.meetings.changeLife("85", change);
      expect((await store.meetings.get("85"))?.life).toEqual(live);
      expect((await store.incidents.get("a"))?.lastSeq).toBe(1);
    });

    test("lose no change of their life when many are made at once", async () => {
      const { store } = opened();
      await store.incidents.declare(incidentOf("a"));
      await store.meetings.save(meetingOf("85", "a"));
      const uuids = Array.from({ length: 8 }, (_, n) => `u${n}`);
      const begin = (uuid: string) =>
        store.meetings.changeLife("85", (before) => ({
          life: { ...before, sessions: [...before.sessions, { uuid, startedAtMs: 1, seen: {} }] },
        }));
      await Promise.all(uuids.map(begin));
      const { life: after } = (await store.meetings.get("85")) ?? {};
      expect(after?.sessions.map(({ uuid }) => uuid).toSorted()).toEqual(uuids);
    });

    test("keep who came and went once each, and tell when something was heard last", async () => {
      const { store } = opened();
      await store.incidents.declare(incidentOf("a", { owner: { email: "ana@example.com" } }));
      await store.meetings.save(meetingOf("85", "a"));
      expect(await store.meetings.heardAtMs("85")).toBeNull();
      const came = movement("joined", 2, "one", { email: "ana@example.com" });
      expect(await store.meetings.addMovements("85", [came, came])).toBe(1);
      expect(await store.meetings.addMovements("85", [came, movement("left", 3, "one")])).toBe(1);
      expect(await store.meetings.movements("85", "u")).toHaveLength(2);
      expect(await store.meetings.movements("85", "another")).toEqual([]);
      expect(await store.meetings.movements("85")).toContainEqual(came);
      expect(await store.meetings.heardAtMs("85")).toBeGreaterThan(0);
      expect((await store.meetings.get("85"))?.expected).toEqual([{ email: "ana@example.com" }]);
    });

    test("tell who is on the call now by the latest movement of each connection", async () => {
      const { store } = opened();
      await store.incidents.declare(incidentOf("a"));
      await store.meetings.save(meetingOf("85", "a"));
      const letIn = movement("joined", 2, "one", { email: "ana@example.com" });
      const waits = movement("waiting", 4, "three");
      await store.meetings.addMovements("85", [
        letIn,
        movement("waited", 2, "one"),
        movement("waiting", 1, "one"),
        movement("left", 3, "two"),
        movement("joined", 2, "two"),
        waits,
        { ...movement("joined", 1, "four"), uuid: "over" },
      ]);
      const sessions = [
        { uuid: "over", startedAtMs: 1, endedAtMs: 2, seen: {} },
        { uuid: "u", startedAtMs: 1, seen: {} },
      ];
      const now = await store.meetings.movementsNow("85", { ...newLife(), state: "live", sessions });
      expect(now.toSorted((a, b) => a.atMs - b.atMs)).toEqual([letIn, waits]);
      // Of sessions that nothing else is known of yet, people may be waiting to be let in.
      expect(await store.meetings.movementsNow("85", newLife())).toContainEqual(waits);
    });

    test("keep the attendance of each session", async () => {
      const { store } = opened();
      await store.incidents.declare(incidentOf("a"));
      await store.meetings.save(meetingOf("85", "a"));
      const attendance = { attendees: [], missing: ["ana@example.com"], minutes: 3 };
      await store.meetings.saveAttendance("85", "u", { ...attendance, minutes: 2 });
      await store.meetings.saveAttendance("85", "u", attendance);
      expect(await store.meetings.attendances("85")).toEqual([{ uuid: "u", ...attendance }]);
    });

    test("say clearly what is unknown", async () => {
      const { store } = opened();
      const saving = store.meetings.save(meetingOf("85", "nowhere"));
      await expect(saving).rejects.toMatchObject({ code: "incident_unknown" });
      const living = store.meetings.changeLife("85", () => ({ life, events: [eventOf("one")] }));
      await expect(living).rejects.toMatchObject({ code: "meeting_unknown" });
    });

    test("are listed by incident in the order they were made", async () => {
      const { store } = opened();
      await store.incidents.declare(incidentOf("a"));
      await store.incidents.declare(incidentOf("b"));
      await store.meetings.save(meetingOf("2", "a", { created_at: minute(2) }));
      await store.meetings.save(meetingOf("1", "a", { created_at: minute(3) }));
      await store.meetings.save(meetingOf("3", "b"));
      const listed = await store.meetings.listByIncident("a");
      expect(listed.map(({ meeting }) => meeting.meeting_id)).toEqual(["2", "1"]);
    });
  });
});
