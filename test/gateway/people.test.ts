import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Kysely } from "kysely";
import { sql } from "kysely";
import { newLife } from "../../domain/meetingLife.ts";
import { openEmbedded } from "../../store/embedded.ts";
import type { Store } from "../../store/index.ts";
import { storeOn } from "../../store/storeOn.ts";
import type { Tables } from "../../store/tables.ts";
import { eventOf, executionOf, incidentOf, meetingOf, movement } from "../store/support.ts";
import { until } from "../support/until.ts";
import type { TestGateway } from "./startGateway.ts";
import { bearer, startGateway } from "./startGateway.ts";

const silent = { info: () => undefined, warn: () => undefined };
const ana = { name: "Ana Ruiz", email: "ana@example.com", phone: "+41 44 555 01 99" };
const bo = { name: "Bo Lind", email: "bo@example.com" };
const marks = /ana ruiz|ana@example|44 ?555/i;

let db: Kysely<Tables>;
let store: Store;
let gateway: TestGateway;

/** An incident that Ana and Bo and a guest were on, told of in every table there is. */
const aStory = async (id: string, status: "closed" | "investigating" = "closed"): Promise<void> => {
  const { incidents, executions, meetings, followUps, timeline, sendings } = store;
  const owner = { ...ana, email: "Ana@Example.com" };
  await incidents.save(incidentOf(id, { status, owner, responders: [bo], summary: "Ana Ruiz saw it" }), []);
  await executions.save(
    executionOf(`run-${id}`, id, {
      ended_at: "2026-03-01T11:00:00.000Z",
      steps: [{ id: "mail", title: "Mail", state: "completed", outputs: { sent: [ana.email, bo.email] } }],
    }),
  );
  await meetings.save(meetingOf(`meet-${id}`, id));
  const session = { uuid: "u", startedAtMs: 1, seen: { [ana.email]: 5, [bo.email]: 6 } };
  await meetings.changeLife(`meet-${id}`, () => ({ life: { ...newLife(), sessions: [session] } }));
  await meetings.addMovements(`meet-${id}`, [
    movement("joined", 1000, "1", ana),
    movement("joined", 2000, "2", { name: "Cy Guest" }),
  ]);
  const attendee = {
    matched: null,
    first_join: "",
    last_leave: "",
    minutes: 1,
    joins: 1,
    seconds_to_join: 1,
    spans: [],
  };
  await meetings.saveAttendance(`meet-${id}`, "u", {
    attendees: [
      { ...attendee, ...ana },
      { ...attendee, name: "Cy Guest", email: null },
    ],
    missing: [bo.email],
    minutes: 1,
  });
  const request = {
    incidentId: id,
    executionId: "r",
    runbook: "r",
    step: "s",
    title: "t",
    round: 1,
    input: {},
  };
  await followUps.save({
    meeting_id: `meet-${id}`,
    incident_id: id,
    runbook: "r",
    step: "s",
    n: 1,
    state: "ahead",
    resolved_at: null,
    start_time: "2026-03-02T10:00:00.000Z",
    duration_minutes: 30,
    remind_before_ms: [],
    invited: [ana.email, bo.email],
    calendar_uid: "uid",
    calendar_sequence: 0,
    calendar_token: "token",
    changed_at: "2026-03-01T10:00:00.000Z",
    request,
  });
  await timeline.append(id, [
    eventOf("first", { title: "First responder on the call: Ana Ruiz", data: { person: ana.email } }),
    eventOf("missing", { detail: "Not there: Bo Lind, Cy Guest. Rang +41445550199." }),
  ]);
  await sendings.claim(`run-${id}/call/${ana.email}`, null);
};

/** What the tables say of an incident, as text. */
const all = async (id: string): Promise<string> =>
  JSON.stringify((await store.people.records(id)).map(({ place, doc }) => [place, doc]));

const ask = (method: string, path: string, role: "admin" | "responder" = "admin") =>
  gateway.inject({ method, url: `/api/people/${path}`, headers: bearer(role) });

beforeAll(async () => {
  const backend = await openEmbedded(undefined);
  ({ db } = backend);
  store = await storeOn(backend, silent);
  for (const id of ["over", "late"]) await aStory(id);
  await aStory("open", "investigating");
  gateway = await startGateway({ store });
});
afterAll(async () => {
  await gateway.close();
  await store.close();
});

describe("What is kept of somebody", () => {
  test("is exported incident by incident, without what is told of others", async () => {
    const exported = (await ask("GET", "ANA@example.com/export")).json();
    expect(exported).toMatchObject({
      email: ana.email,
      names: [ana.name],
      phones: [ana.phone],
      elsewhere: [],
    });
    expect(new Set(exported.incidents.map(({ id }: { id: string }) => id))).toEqual(
      new Set(["late", "open", "over"]),
    );
    const [{ records }] = exported.incidents;
    const places = new Set(records.map(({ place }: { place: string }) => place));
    expect(places).toEqual(
      new Set([
        "attendances",
        "executions",
        "follow_ups",
        "incidents",
        "meeting_movements",
        "meetings.life",
        "timeline_events",
      ]),
    );
    // One event names them all.
    const others = records.filter((each: object) => /Bo Lind|Cy Guest|bo@/.test(JSON.stringify(each)));
    expect(others).toMatchObject([{ data: { id: "missing" } }]);
  });

  test("is nothing of somebody whose address only ends like another's", async () => {
    expect((await ask("GET", "na@example.com/export")).json().incidents).toEqual([]);
    expect((await ask("POST", "na@example.com/erase")).json()).toMatchObject({ erased: [], unsettled: [] });
  });

  test.each([
    ["GET", "export"],
    ["POST", "erase"],
  ])("is for administrators, who give an email: %s %s", async (method, what) => {
    expect((await ask(method, `ana@example.com/${what}`, "responder")).statusCode).toBe(403);
    const wrong = await ask(method, `ana/${what}`);
    expect(wrong.statusCode).toBe(400);
    expect(wrong.json().errors[0]).toMatchObject({ path: "email" });
  });
});

describe("Who is erased", () => {
  test("is one and the same alias everywhere, and others stay; open incidents are left, and named", async () => {
    await store.apiKeys.create({ id: "k", name: "Key of ana@example.com", role: "viewer", hash: "h" });
    const done = (await ask("POST", "ana@example.com/erase")).json();
    expect(done).toMatchObject({ unsettled: ["open"], elsewhere: ["api_keys"] });
    expect(new Set(done.erased)).toEqual(new Set(["late", "over"]));
    for (const id of done.erased) {
      const left = await all(id);
      expect(left).not.toMatch(marks);
      expect(left).toContain(`First responder on the call: ${done.alias}`);
      for (const other of ["Bo Lind", "bo@example.com", "Cy Guest"]) expect(left).toContain(other);
    }
    expect(await all("open")).toMatch(marks);
    const { rows } = await sql<{ key: string }>`select key from sendings`.execute(db);
    expect(rows).toEqual([]);
    expect((await gateway.inject({ url: "/api/incidents/over", headers: bearer("viewer") })).statusCode).toBe(
      200,
    );
  });

  test("has nothing left to be erased the next time", async () => {
    expect((await ask("POST", "ana@example.com/erase")).json()).toMatchObject({
      erased: [],
      unsettled: ["open"],
    });
  });
});

test("some days after incidents are over, their people are forgotten: the timeline reads on, attendance is gone", async () => {
  const backend = await openEmbedded(undefined);
  const before = store;
  store = await storeOn(backend, silent);
  await aStory("old");
  await aStory("young");
  await sql`update incidents set updated_at = clock_timestamp() - interval '9 days' where id = 'young'`.execute(
    backend.db,
  );
  await using _gateway = await startGateway({ store, personalDataDays: 10 });
  await until("the purge", async () => ((await all("old")).includes("Cy Guest") ? undefined : true));
  await until("the note of it", async () => {
    const { length } = await store.people.overdue(10 * 24 * 3_600_000);
    return length === 0 ? true : undefined;
  });
  const left = await all("old");
  expect(left).not.toMatch(/ruiz|lind|cy guest|example\.com"|44 ?555/i);
  expect(left).toMatch(/First responder on the call: Person [0-9a-f]{6}/);
  expect(await store.meetings.movements("meet-old")).toEqual([]);
  expect(await store.meetings.attendances("meet-old")).toEqual([]);
  expect(await all("young")).toMatch(marks);

  // What comes later is looked at again.
  await store.timeline.append("old", [eventOf("later", { title: "Told dan@example.com" })]);
  expect(await store.people.overdue(10 * 24 * 3_600_000)).toHaveLength(1);
  await store.close();
  store = before;
});
