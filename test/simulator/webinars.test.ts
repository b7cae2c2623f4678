import { beforeEach, describe, expect, test } from "@jest/globals";
import { createHmac } from "node:crypto";
import type { Json } from "./support.ts";
import { inPath, useReceiver, useSimulator } from "./support.ts";

const START = Date.parse("2026-11-23T10:00:00Z");
const { call, sim, meeting, advance, join, end, newToken } = useSimulator({ clock: { startAtMs: START } });
const receiver = useReceiver();

const create = (wish: Json = {}, host = "host1@example.com") => call("POST", `/users/${host}/webinars`, wish);
const webinar = async (wish: Json = {}): Promise<Json> => (await create(wish)).body;

const held = async (wish: Json = {}): Promise<Json> => {
  const created = await webinar(wish);
  await join(created.id, "Host", { email: "host1@example.com" });
  await join(created.id, "Ada");
  await advance(120_000);
  await end(created.id);
  return created;
};

describe("a webinar", () => {
  test("is made with a passcode, and does not say whether it is live", async () => {
    const { status, body } = await create({ topic: "Briefing", agenda: "x".repeat(300) });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      type: 5,
      topic: "Briefing",
      host_email: "host1@example.com",
      duration: 60,
      start_time: "2026-11-23T10:00:00Z",
      password: expect.stringMatching(/^\w{10}$/),
      settings: { approval_type: 2, practice_session: false },
    });
    expect(body.join_url).toContain(`/j/${body.id}?pwd=`);
    expect(body.start_url).toContain("zak=sim-secret-zak-");
    expect(body).not.toHaveProperty("registration_url");
    await join(body.id, "Host", { email: "host1@example.com" });
    const live = await call("GET", `/webinars/${body.id}`);
    expect(live.body).toMatchObject({ id: body.id, uuid: body.uuid });
    expect(live.body).not.toHaveProperty("status");
  });

  test("has a page for registration when somebody has to register", async () => {
    expect(await webinar({ settings: { approval_type: 0 } })).toMatchObject({
      registration_url: expect.stringMatching(/^https:.*register/),
    });
  });

  test("needs a licence of its host, and a plan of the account", async () => {
    const refusal = {
      status: 400,
      body: { code: 200, message: expect.stringMatching(/^Webinar plan is missing/) },
    };
    expect(await create({}, "host3@example.com")).toMatchObject(refusal);
    await sim("POST", "/settings", { users: [{ email: "host3@example.com", webinar: 500 }] });
    expect((await create({}, "host3@example.com")).status).toBe(201);
    const { id } = await webinar();
    await sim("POST", "/settings", { plan: "free", limits: false });
    expect(await create()).toMatchObject(refusal);
    for (const [method, path, body] of [
      ["GET", ""],
      ["PATCH", "", {}],
      ["DELETE", ""],
      ["PUT", "/status", { action: "end" }],
      ["GET", "/panelists"],
    ] as const)
      expect(await call(method, `/webinars/${id}${path}`, body)).toMatchObject(refusal);
    expect((await create({}, "nobody@example.com")).body.code).toBe(1001);
  });

  test("is none of the meetings, and no meeting is a webinar", async () => {
    const { id } = await webinar();
    const other = await meeting();
    const listed = async (path: string, field: string) =>
      (await call("GET", `/users/host1@example.com/${path}`)).body[field].map((each: Json) => each.id);
    expect(await listed("meetings", "meetings")).toEqual([other.id]);
    expect(await listed("webinars", "webinars")).toEqual([id]);
    expect(await call("GET", `/meetings/${id}`)).toMatchObject({ status: 400, body: { code: 3000 } });
    expect(await call("GET", `/webinars/${other.id}`)).toMatchObject({ status: 404, body: { code: 3001 } });
    expect(await call("GET", "/webinars/me")).toMatchObject({ status: 400, body: { code: 300 } });
  });

  test("is listed with the first 250 characters of its agenda", async () => {
    await webinar({ agenda: "x".repeat(300) });
    const { body } = await call("GET", "/users/host1@example.com/webinars");
    expect(body.webinars[0].agenda).toHaveLength(250);
    expect(body.webinars[0]).not.toHaveProperty("password");
    expect((await call("GET", "/users/host1@example.com/webinars?type=live")).status).toBe(400);
  });

  test("is listed as upcoming until its time has passed", async () => {
    await webinar();
    await webinar({ start_time: "2026-11-23T10:45:00Z" });
    await advance(1_800_000);
    const of = async (type: string) =>
      (await call("GET", `/users/host1@example.com/webinars?type=${type}`)).body.total_records;
    expect([await of("scheduled"), await of("upcoming")]).toEqual([2, 1]);
  });

  test("keeps what an update leaves out, and ignores a start that has passed", async () => {
    const { id } = await webinar({
      topic: "Old",
      start_time: "2026-11-24T08:00:00Z",
      settings: { question_and_answer: { enable: true, allow_anonymous_questions: false } },
    });
    const change = {
      topic: "New",
      start_time: "2020-01-01T00:00:00Z",
      settings: { question_and_answer: { enable: false } },
    };
    expect((await call("PATCH", `/webinars/${id}`, change)).status).toBe(204);
    expect((await call("GET", `/webinars/${id}`)).body).toMatchObject({
      topic: "New",
      start_time: "2026-11-24T08:00:00Z",
      settings: { question_and_answer: { enable: false, allow_anonymous_questions: false } },
    });
  });

  test("has its locked settings and its host's limits as meetings have", async () => {
    await sim("POST", "/settings", {
      lockedSettings: { practice_session: true },
      limits: { hostDailyMax: 2 },
    });
    const { id, settings } = await webinar({ settings: { practice_session: false } });
    expect(settings.practice_session).toBe(true);
    expect((await call("PATCH", `/webinars/${id}`, { topic: "b" })).status).toBe(204);
    expect((await create()).status).toBe(429);
  });

  test.each<[string, Json, string]>([
    ["topic", { topic: "x".repeat(201) }, "topic"],
    ["type", { type: 2 }, "type"],
    ["setting", { settings: { practice_session: "yes" } }, "settings.practice_session"],
    ["approval", { settings: { approval_type: 3 } }, "settings.approval_type"],
  ])("of a wrong %s is refused by its name", async (_name, wish, field) => {
    expect(await create(wish)).toMatchObject({ status: 400, body: { code: 300, errors: [{ field }] } });
  });

  test("is ended with 200, live or not, and has the UUID of its next session then", async () => {
    const { id, uuid } = await webinar();
    const finish = () => call("PUT", `/webinars/${id}/status`, { action: "end" });
    expect((await finish()).status).toBe(200);
    await join(id, "Host");
    expect((await call("GET", `/webinars/${id}`)).body.uuid).toBe(uuid);
    expect((await finish()).status).toBe(200);
    expect((await call("GET", `/webinars/${id}`)).body.uuid).not.toBe(uuid);
    expect((await call("PUT", `/webinars/${id}/status`, { action: "recover" })).status).toBe(400);
  });

  test("is not deleted while it is live", async () => {
    const { id } = await webinar();
    await join(id, "Host");
    expect(await call("DELETE", `/webinars/${id}`)).toMatchObject({ status: 400, body: { code: 3002 } });
    await end(id);
    expect((await call("DELETE", `/webinars/${id}`)).status).toBe(204);
    expect((await call("GET", `/webinars/${id}`)).body.code).toBe(3001);
  });

  test("needs scopes of its own, classic or granular", async () => {
    await sim("POST", "/settings", { scopes: ["meeting:write:admin"] });
    const without = await call("POST", "/users/host1@example.com/webinars", {}, await newToken());
    expect(without).toMatchObject({ status: 400, body: { code: 4711 } });
    expect(without.body.message).toContain("webinar:write:webinar");
    await sim("POST", "/settings", { scopes: ["webinar:write"] });
    expect((await call("POST", "/users/host1@example.com/webinars", {}, await newToken())).status).toBe(201);
  });
});

describe("panelists", () => {
  const add = (id: number, ...panelists: Json[]) => call("POST", `/webinars/${id}/panelists`, { panelists });

  test("are added, listed with links of their own, and removed", async () => {
    const { id } = await webinar();
    const added = await add(
      id,
      { name: "Ada", email: "Ada@example.com" },
      { name: "Bo", email: "bo@example.com" },
    );
    expect(added).toMatchObject({ status: 201, body: { id: String(id) } });
    await add(id, { name: "Ada L.", email: "ada@example.com" });
    const { body } = await call("GET", `/webinars/${id}/panelists`);
    expect(body.panelists.map(({ name, email }: Json) => [name, email])).toEqual([
      ["Ada L.", "ada@example.com"],
      ["Bo", "bo@example.com"],
    ]);
    expect(body.panelists[0].join_url).toContain("tk=sim-secret-panelist-");
    await call("DELETE", `/webinars/${id}/panelists/${body.panelists[0].id}`);
    expect((await call("GET", `/webinars/${id}/panelists`)).body.total_records).toBe(1);
    await call("DELETE", `/webinars/${id}/panelists`);
    expect((await call("GET", `/webinars/${id}/panelists`)).body.total_records).toBe(0);
  });

  test("are added all or none, at most 30 at a time and 100 in all", async () => {
    const { id } = await webinar();
    const some = (count: number, prefix: string) =>
      Array.from({ length: count }, (_, index) => ({ name: "P", email: `${prefix}${index}@example.com` }));
    expect((await add(id, ...some(31, "a"))).status).toBe(400);
    expect((await add(id, ...some(3, "a"), { name: "x", email: "nothing" })).body).toMatchObject({
      code: 300,
      errors: [{ field: "panelists.3.email" }],
    });
    expect((await call("GET", `/webinars/${id}/panelists`)).body.total_records).toBe(0);
    for (const prefix of ["a", "b", "c"]) await add(id, ...some(30, prefix));
    expect(await add(id, ...some(11, "d"))).toMatchObject({ status: 400, body: { code: 3000 } });
  });
});

describe("a webinar that is over", () => {
  test("has an instance for each session, the people in it, and no place among meetings", async () => {
    const { id, uuid } = await held();
    const { body } = await call("GET", `/past_webinars/${id}/instances`);
    expect(body).toEqual({ webinars: [{ uuid, start_time: "2026-11-23T10:00:00Z" }] });
    const expected = [
      { name: "Host", user_email: "host1@example.com", duration: 120, internal_user: true },
      { name: "Ada", user_email: "", duration: 120, internal_user: false },
    ];
    for (const reference of [id, inPath(uuid)]) {
      const past = await call("GET", `/past_webinars/${reference}/participants`);
      expect(past.body.participants).toMatchObject(expected);
    }
    expect((await call("GET", `/report/webinars/${id}/participants`)).body.participants).toHaveLength(2);
    expect((await call("GET", `/past_meetings/${id}`)).body.code).toBe(3001);
    expect((await call("GET", `/past_meetings/${id}/instances`)).body.code).toBe(3001);
    expect((await call("GET", `/report/meetings/${id}/participants`)).body.code).toBe(3001);
  });

  test("is none before it was live", async () => {
    const { id } = await webinar();
    expect((await call("GET", `/past_webinars/${id}/instances`)).body).toEqual({ webinars: [] });
    expect((await call("GET", `/past_webinars/${id}/participants`)).body.code).toBe(3001);
  });

  test("tells who registered and did not come", async () => {
    const { id } = await webinar({ settings: { approval_type: 0 } });
    const register = (email: string) =>
      call("POST", `/webinars/${id}/registrants`, { first_name: "A", last_name: "B", email });
    const came = await register("came@example.com");
    expect(came).toMatchObject({ status: 201, body: { id, registrant_id: expect.any(String) } });
    await register("absent@example.com");
    expect((await register("host1@example.com")).body.code).toBe(3027);
    expect((await call("GET", `/webinars/${id}/registrants`)).body.total_records).toBe(2);
    await join(id, "A B", { registrant_id: came.body.registrant_id });
    await end(id);
    const { body } = await call("GET", `/past_webinars/${id}/absentees`);
    expect(body.registrants.map(({ email }: Json) => email)).toEqual(["absent@example.com"]);
  });

  test("without registration has no absentees to tell of, and takes no registrants", async () => {
    const { id } = await held();
    const wish = { first_name: "A", email: "a@example.com" };
    expect((await call("POST", `/webinars/${id}/registrants`, wish)).body.code).toBe(3000);
    expect((await call("GET", `/past_webinars/${id}/absentees`)).body.code).toBe(3000);
  });

  test("whoever must be approved by hand waits for it", async () => {
    const { id } = await webinar({ settings: { approval_type: 1 } });
    await call("POST", `/webinars/${id}/registrants`, { first_name: "A", email: "a@example.com" });
    expect((await call("GET", `/webinars/${id}/registrants`)).body.total_records).toBe(0);
    expect((await call("GET", `/webinars/${id}/registrants?status=pending`)).body.total_records).toBe(1);
  });

  test("has its recordings where meetings have theirs", async () => {
    await sim("POST", "/settings", { recordingDelayMs: 1000 });
    const { id, uuid } = await held({ settings: { auto_recording: "cloud" } });
    await advance(1000);
    expect((await call("GET", `/meetings/${id}/recordings`)).body).toMatchObject({ id, uuid, type: "5" });
  });
});

describe("a webinar's life", () => {
  beforeEach(() => sim("POST", "/webhooks", { url: receiver.url() }));

  test("is told by events of its own name, signed, with the id as Zoom writes it", async () => {
    const { id, uuid } = await held();
    await call("DELETE", `/webinars/${id}`);
    await receiver.arrived(8);
    expect(receiver.events()).toEqual([
      "webinar.created",
      "webinar.started",
      "webinar.participant_joined",
      "webinar.participant_joined",
      "webinar.participant_left",
      "webinar.participant_left",
      "webinar.ended",
      "webinar.deleted",
    ]);
    const [created, started] = receiver.received;
    expect(created?.body.payload.object).toMatchObject({ id, type: 5 });
    expect(started?.body.payload.object).toMatchObject({ id: String(id), uuid, type: 5 });
    const { headers, raw } = receiver.received.at(-1)!;
    const signed = `v0:${String(headers["x-zm-request-timestamp"])}:${raw}`;
    const signature = createHmac("sha256", "sim-webhook-secret").update(signed).digest("hex");
    expect(headers["x-zm-signature"]).toBe(`v0=${signature}`);
  });
});
