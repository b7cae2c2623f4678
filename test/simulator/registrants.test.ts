import { describe, expect, test } from "@jest/globals";
import { useReceiver, useSimulator } from "./support.ts";

const simulator = useSimulator();
const receiver = useReceiver();
const { call, sim, meeting, advance } = simulator;

const open = (settings: object = {}) =>
  meeting({ duration: 30, settings: { approval_type: 0, ...settings } });
const add = (id: number, email: string, more: object = {}) =>
  call("POST", `/meetings/${id}/registrants`, { email, first_name: "Ana", ...more });
const list = async (id: number, status = "approved") =>
  (await call("GET", `/meetings/${id}/registrants?status=${status}`)).body;

describe("registering", () => {
  test("gives a link of one's own, and the same again to who comes twice", async () => {
    const { id, registration_url } = await open();
    expect(registration_url).toMatch(/^https:/);
    const first = await add(id, "Ana@example.com");
    expect([first.status, first.body.id]).toEqual([201, id]);
    const again = await add(id, "ana@example.com");
    expect(again.body).toEqual(first.body);
    const other = await add(id, "bo@example.com");
    expect(other.body.join_url).not.toBe(first.body.join_url);
    const { registrants, total_records } = await list(id);
    expect(total_records).toBe(2);
    expect(registrants[0]).toMatchObject({
      id: first.body.registrant_id,
      email: "ana@example.com",
      status: "approved",
      join_url: first.body.join_url,
    });
  });

  test("waits for approval where the meeting says so, without a link until then", async () => {
    const { id } = await open({ approval_type: 1 });
    const { body } = await add(id, "ana@example.com");
    expect(body.join_url).toBeUndefined();
    expect((await list(id)).registrants).toEqual([]);
    expect((await list(id, "pending")).registrants).toHaveLength(1);
    const registrants = [{ id: body.registrant_id }];
    expect(
      (await call("PUT", `/meetings/${id}/registrants/status`, { action: "approve", registrants })).status,
    ).toBe(204);
    expect((await list(id)).registrants[0].join_url).toMatch(/^https:/);
    const outright = await add(id, "bo@example.com", { auto_approve: true });
    expect(outright.body.join_url).toMatch(/^https:/);
  });

  test("that is cancelled is in no list, and may be taken up again", async () => {
    const { id } = await open();
    await add(id, "ana@example.com");
    await call("PUT", `/meetings/${id}/registrants/status`, {
      action: "cancel",
      registrants: [{ email: "ana@example.com" }, { email: "nobody@example.com" }],
    });
    for (const status of ["approved", "pending", "denied"])
      expect((await list(id, status)).registrants).toEqual([]);
    expect((await add(id, "ana@example.com")).status).toBe(201);
    expect((await list(id)).registrants).toHaveLength(1);
  });

  test.each([
    ["a meeting that is not there", 404, 1001],
    ["a meeting without registration", 400, 404],
    ["no address", 400, 300],
    ["the host", 400, 3027],
    ["an alternative host", 400, 3027],
    ["a blocked domain", 400, 3000],
    ["a full meeting", 400, 3043],
    ["a meeting that is over", 400, 3038],
    ["a host without a licence", 400, 200],
  ])("is refused for %s", async (what, status, code) => {
    const { id } = await open({ close_registration: true, alternative_hosts: "host2@example.com" });
    const bare = await meeting();
    const unlicensed = await meeting({ settings: { approval_type: 0 } }, "basic@example.com");
    if (what.includes("blocked"))
      await sim("POST", "/settings", { registration: { blockedDomains: ["evil.example"] } });
    if (what.includes("full")) await sim("POST", "/settings", { registration: { capacity: 0 } });
    if (what.includes("over")) await advance(40 * 60_000);
    const wishes: Record<string, [number, string]> = {
      "a meeting that is not there": [85_746_065_432, "ana@example.com"],
      "a meeting without registration": [bare.id, "ana@example.com"],
      "no address": [id, "ana"],
      "the host": [id, "host1@example.com"],
      "an alternative host": [id, "host2@example.com"],
      "a blocked domain": [id, "mal@evil.example"],
      "a host without a licence": [unlicensed.id, "ana@example.com"],
    };
    const [to, email] = wishes[what] ?? [id, "ana@example.com"];
    const answer = await add(to, email);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  test("is taken three times a day for one registrant of one meeting, and anew after midnight", async () => {
    const { id } = await open();
    const other = await open();
    await sim("POST", "/settings", { limits: { perSecond: { LIGHT: 1000 } } });
    for (let n = 0; n < 3; n += 1) expect((await add(id, "ana@example.com")).status).toBe(201);
    const fourth = await add(id, "ana@example.com");
    expect(fourth.status).toBe(429);
    expect(fourth.body.message).toContain('for the registrant "ana@example.com"');
    expect((await add(id, "bo@example.com")).status).toBe(201);
    expect((await add(other.id, "ana@example.com")).status).toBe(201);
    await advance(24 * 3_600_000);
    const bearer = await simulator.newToken();
    const wish = { email: "ana@example.com", first_name: "Ana" };
    expect((await call("POST", `/meetings/${id}/registrants`, wish, bearer)).status).toBe(201);
  });

  test("needs its scope, listing another", async () => {
    const { id } = await open();
    await sim("POST", "/settings", { scopes: ["meeting:write:registrant:admin"] });
    const bearer = await simulator.newToken();
    expect(
      (await call("POST", `/meetings/${id}/registrants`, { email: "a@b.example", first_name: "A" }, bearer))
        .status,
    ).toBe(201);
    expect((await call("GET", `/meetings/${id}/registrants`, undefined, bearer)).body.code).toBe(4711);
  });

  test("is told to the subscriber, as are cancellations", async () => {
    await sim("POST", "/webhooks", { url: receiver.url() });
    const { id } = await open();
    await add(id, "ana@example.com");
    const registrants = [{ email: "ana@example.com" }];
    await call("PUT", `/meetings/${id}/registrants/status`, { action: "cancel", registrants });
    await receiver.arrived(3);
    expect(receiver.events().slice(1)).toEqual([
      "meeting.registration_created",
      "meeting.registration_cancelled",
    ]);
    expect(receiver.received[1]?.body.payload.object).toMatchObject({
      id,
      registrant: { email: "ana@example.com", status: "approved" },
    });
  });
});

test("an invitee of a blocked domain fails the whole update, as Zoom does", async () => {
  const { id } = await open();
  await sim("POST", "/settings", { registration: { blockedDomains: ["evil.example"] } });
  const meeting_invitees = [{ email: "ana@example.com" }, { email: "mal@evil.example" }];
  const answer = await call("PATCH", `/meetings/${id}`, { settings: { meeting_invitees } });
  expect([answer.status, answer.body.code]).toEqual([400, 3000]);
  expect(answer.body.message).toContain("'evil.example'");
  expect((await call("GET", `/meetings/${id}`)).body.settings.meeting_invitees).toEqual([]);
});
