import { describe, expect, test } from "@jest/globals";
import type { Json } from "./support.ts";
import { inPath, useSimulator } from "./support.ts";

const { call, sim, meeting, advance, join, end } = useSimulator();

const MINUTE_MS = 60_000;
const leave = (id: number, who: Json) => sim("POST", `/meetings/${id}/leave`, who);
const past = async (reference: string | number, rest = "") =>
  call("GET", `/past_meetings/${reference}${rest}`);
const rows = async (id: number): Promise<Json[]> => (await past(id, "/participants")).body.participants;

describe("a session", () => {
  test("starts when somebody joins and is over when it is ended", async () => {
    const { id, uuid } = await meeting();
    expect(await join(id, "Ada")).toMatchObject({ meeting_id: id, uuid, status: "in_meeting" });
    expect((await call("GET", `/meetings/${id}`)).body.status).toBe("started");
    expect(await end(id)).toEqual({ ended: true, uuid });
    expect((await call("GET", `/meetings/${id}`)).body.status).toBe("waiting");
    expect(await end(id)).toEqual({ ended: false });
  });

  test("has a uuid of its own", async () => {
    const { id, uuid } = await meeting();
    await join(id, "Ada");
    await end(id);
    const second = (await call("GET", `/meetings/${id}`)).body.uuid;
    expect(second).not.toBe(uuid);
    expect((await join(id, "Ada")).uuid).toBe(second);
    await end(id);
    const { body } = await past(id, "/instances");
    expect(body.meetings.map((instance: Json) => instance.uuid)).toEqual([uuid, second]);
    expect((await past(id)).body.uuid).toBe(second);
    expect((await past(inPath(uuid))).body.uuid).toBe(uuid);
  });

  test("ends when the last one leaves, unless that is switched off", async () => {
    const { id } = await meeting();
    const { user_id } = await join(id, "Ada");
    await join(id, "Grace", { email: "grace@elsewhere.org" });
    expect((await leave(id, { user_id })).body).toMatchObject({ name: "Ada", ended: false });
    expect((await leave(id, { email: "grace@elsewhere.org" })).body.ended).toBe(true);
    await sim("POST", "/settings", { endWhenEmpty: false });
    await join(id, "Ada");
    expect((await leave(id, { name: "Ada" })).body.ended).toBe(false);
  });

  test("takes many people at once, each as if they came or left alone", async () => {
    const { id } = await meeting();
    const crowd = [{ name: "Ada" }, { name: "Grace" }, { name: "Linus" }];
    const { body: came } = await sim("POST", `/meetings/${id}/join`, crowd);
    expect(came.map((each: Json) => `${each.name} ${each.status}`)).toEqual([
      "Ada in_meeting",
      "Grace in_meeting",
      "Linus in_meeting",
    ]);
    const { body: left } = await sim("POST", `/meetings/${id}/leave`, crowd);
    expect(left.map((each: Json) => each.ended)).toEqual([false, false, true]);
    const wrong = await sim("POST", `/meetings/${id}/join`, [{ name: "Ada" }, {}]);
    expect(wrong.status).toBe(400);
    expect((await rows(id)).map(({ name }) => name)).toEqual(["Ada", "Grace", "Linus"]);
  });

  test("nobody can leave where they are not, and nobody joins what was deleted", async () => {
    const { id } = await meeting();
    expect((await leave(id, { name: "Ada" })).status).toBe(409);
    await join(id, "Ada");
    expect((await leave(id, { name: "Grace" })).status).toBe(404);
    await end(id);
    await call("DELETE", `/meetings/${id}`);
    expect((await sim("POST", `/meetings/${id}/join`, { name: "Ada" })).status).toBe(404);
    expect((await sim("POST", "/meetings/1/join", { name: "Ada" })).status).toBe(404);
  });
});

describe("the waiting room", () => {
  test("holds everybody but the hosts until they are let in", async () => {
    const { id } = await meeting({
      settings: { waiting_room: true, alternative_hosts: "host2@example.com" },
    });
    expect((await join(id, "Ada")).status).toBe("in_waiting_room");
    expect((await call("GET", `/meetings/${id}`)).body.status).toBe("waiting");
    expect((await join(id, "Host", { email: "host2@example.com" })).status).toBe("in_meeting");
    const { body } = await sim("POST", `/meetings/${id}/admit`, { name: "Ada" });
    expect(body.admitted).toMatchObject([{ name: "Ada", status: "in_meeting" }]);
  });

  test("leaves rows of its own in the list of participants", async () => {
    const { id } = await meeting();
    await join(id, "Host", { email: "host1@example.com" });
    const { user_id } = await join(id, "Ada", { waiting_room: true });
    await advance(MINUTE_MS);
    await sim("POST", `/meetings/${id}/admit`, { all: true });
    await advance(2 * MINUTE_MS);
    await end(id);
    expect((await rows(id)).filter(({ name }) => name === "Ada")).toMatchObject([
      { user_id, status: "in_waiting_room", duration: 60 },
      { user_id, status: "in_meeting", duration: 120 },
    ]);
  });

  test("without join_before_host people wait for the host when that is enforced", async () => {
    await sim("POST", "/settings", { enforceJoinBeforeHost: true });
    const { id } = await meeting();
    expect((await sim("POST", `/meetings/${id}/join`, { name: "Ada" })).status).toBe(409);
    await join(id, "Host", { email: "host1@example.com" });
    expect((await join(id, "Ada")).status).toBe("in_meeting");
  });
});

describe("what is known afterwards", () => {
  const twoPeople = async () => {
    const created = await meeting({ topic: "SEV1" });
    await join(created.id, "Host One", { email: "host1@example.com" });
    const first = await join(created.id, "Ada", { email: "ada@elsewhere.org" });
    await advance(MINUTE_MS);
    await leave(created.id, { user_id: first.user_id });
    await advance(MINUTE_MS);
    await join(created.id, "Ada", { email: "ada@elsewhere.org" });
    await advance(3 * MINUTE_MS);
    return created;
  };

  test("nothing until the meeting has ended", async () => {
    const { id, uuid } = await twoPeople();
    const unknown = { status: 404, body: { code: 3001, message: `Meeting does not exist: ${id}.` } };
    expect(await past(id)).toMatchObject(unknown);
    expect(await past(id, "/participants")).toMatchObject(unknown);
    expect(await past(id, "/instances")).toMatchObject(unknown);
    expect((await past(inPath(uuid))).status).toBe(404);
    expect(await call("GET", `/report/meetings/${id}/participants`)).toMatchObject({
      status: 404,
      body: { code: 3001, message: `Meeting ${id} not found or has expired.` },
    });
  });

  test("its length, its host and how many came", async () => {
    const { id, uuid } = await twoPeople();
    await end(id);
    expect((await past(id)).body).toMatchObject({
      id,
      uuid,
      topic: "SEV1",
      duration: 5,
      total_minutes: 9,
      participants_count: 3,
      user_email: "host1@example.com",
    });
  });

  test("one row a join: seconds, a new user_id each time, and no e-mail of outsiders", async () => {
    const { id } = await twoPeople();
    await end(id);
    const participants = await rows(id);
    expect(participants).toMatchObject([
      {
        name: "Host One",
        user_email: "host1@example.com",
        duration: 300,
        internal_user: true,
        status: "in_meeting",
      },
      { name: "Ada", user_email: "", id: "", duration: 60, internal_user: false },
      { name: "Ada", user_email: "", id: "", duration: 180, internal_user: false },
    ]);
    expect(new Set(participants.map(({ user_id }) => user_id)).size).toBe(3);
  });

  test("the report says the same, with fields that outsiders do not have", async () => {
    const { id } = await meeting();
    await join(id, "Host One", { email: "host1@example.com" });
    await join(id, "Ada", { customer_key: "key-1", registrant_id: "reg-1" });
    await end(id);
    const report = async (query: string): Promise<Json[]> =>
      (await call("GET", `/report/meetings/${id}/participants${query}`)).body.participants;
    const [host, guest] = await report("");
    expect(host?.participant_user_id).toBe(host?.id);
    expect(guest).toMatchObject({ customer_key: "key-1", id: "", user_email: "" });
    expect(guest).not.toHaveProperty("participant_user_id");
    expect(guest).not.toHaveProperty("registrant_id");
    expect((await report("?include_fields=registrant_id"))[1]?.registrant_id).toBe("reg-1");
  });

  test("participants come in pages of at most 300", async () => {
    const { id } = await meeting();
    for (let n = 0; n < 5; n += 1) await join(id, `Person ${n}`);
    await end(id);
    const first = await past(id, "/participants?page_size=3");
    expect(first.body).toMatchObject({ page_size: 3, page_count: 2, total_records: 5 });
    const next = await past(id, `/participants?page_size=3&next_page_token=${first.body.next_page_token}`);
    expect(next.body.participants.map(({ name }: Json) => name)).toEqual(["Person 3", "Person 4"]);
    expect((await past(id, "/participants?page_size=301")).body.code).toBe(300);
  });

  test("who asks too soon reads durations of 0, and one-person meetings can be hidden", async () => {
    await sim("POST", "/settings", { attendanceDelayMs: MINUTE_MS, listOnePersonMeetings: false });
    const { id } = await twoPeople();
    await end(id);
    expect((await rows(id)).map(({ duration }) => duration)).toEqual([0, 0, 0]);
    await advance(MINUTE_MS);
    expect((await rows(id)).map(({ duration }) => duration)).toEqual([300, 60, 180]);
    const alone = await meeting();
    await join(alone.id, "Ada");
    await end(alone.id);
    expect(await rows(alone.id)).toEqual([]);
  });

  test("a free account is told to pay", async () => {
    await sim("POST", "/settings", { plan: "free", limits: false });
    const { id } = await twoPeople();
    await end(id);
    expect(await past(id, "/participants")).toMatchObject({ status: 400, body: { code: 200 } });
    expect(await call("GET", `/report/meetings/${id}/participants`)).toMatchObject({
      status: 400,
      body: { code: 200 },
    });
  });
});

describe("a uuid in a path", () => {
  const endedWith = async (uuidStyle: string): Promise<string> => {
    await sim("POST", "/settings", { uuidStyle });
    const { id, uuid } = await meeting();
    await join(id, "Ada");
    await end(id);
    return uuid as string;
  };

  test.each(["slash", "doubleSlash"])("of style %s is found only when encoded twice", async (style) => {
    const uuid = await endedWith(style);
    expect((await past(encodeURIComponent(encodeURIComponent(uuid)))).body.uuid).toBe(uuid);
    expect((await past(encodeURIComponent(uuid))).status).toBe(404);
  });

  test("of the plain kind is found only when encoded once", async () => {
    const uuid = await endedWith("plain");
    expect((await past(encodeURIComponent(uuid))).body.uuid).toBe(uuid);
    expect((await past(encodeURIComponent(encodeURIComponent(uuid)))).status).toBe(404);
  });
});
