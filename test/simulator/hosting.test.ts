import { describe, expect, test } from "@jest/globals";
import type { Json } from "./support.ts";
import { useReceiver, useSimulator } from "./support.ts";

const { call, sim, meeting, advance, join, end } = useSimulator({ plan: "business" });
const receiver = useReceiver();

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const settings = (change: Json) => sim("POST", "/settings", change);
const status = async (id: number): Promise<string> => (await call("GET", `/meetings/${id}`)).body.status;
const tryJoin = (id: number, name: string, more: Json = {}) =>
  sim("POST", `/meetings/${id}/join`, { name, ...more });

describe("a basic host's meeting", () => {
  const started = async (host: string): Promise<number> => {
    const { id } = await meeting({}, host);
    await join(id, "Ada");
    await advance(39 * MINUTE_MS);
    expect(await status(id)).toBe("started");
    await advance(MINUTE_MS);
    return id;
  };

  test("ends after 40 minutes, and everybody hears why", async () => {
    await sim("POST", "/webhooks", { url: receiver.url(), events: ["meeting.participant_left"] });
    expect(await status(await started("basic@example.com"))).toBe("waiting");
    await receiver.arrived(1);
    expect(receiver.received[0]?.body.payload.object.participant.leave_reason).toBe(
      "Exceeded free meeting minutes limit.",
    );
  });

  test("goes on when somebody pays, or the limit is switched off", async () => {
    expect(await status(await started("host1@example.com"))).toBe("started");
    await settings({ basicMinutes: null });
    expect(await status(await started("basic@example.com"))).toBe("started");
  });

  test("does not end the next session early", async () => {
    const { id } = await meeting({}, "basic@example.com");
    await join(id, "Ada");
    await advance(30 * MINUTE_MS);
    await end(id);
    await join(id, "Ada");
    await advance(39 * MINUTE_MS);
    expect(await status(id)).toBe("started");
  });

  test("is everybody's in a free account", async () => {
    await settings({ plan: "free" });
    expect(await status(await started("host1@example.com"))).toBe("waiting");
  });
});

describe("a host with another meeting in progress", () => {
  const two = async (): Promise<[number, number]> => {
    await settings({ enforceHostLimit: true });
    const [first, second] = [await meeting(), await meeting()];
    await join(first.id, "Ada");
    return [first.id, second.id];
  };
  const host = { email: "host1@example.com" };

  test("keeps others from starting a second one", async () => {
    const [, second] = await two();
    expect(await tryJoin(second, "Bo")).toMatchObject({
      status: 409,
      body: { error: "The host has another meeting in progress." },
    });
  });

  test("may start a second one in a business account, and ends the oldest by starting a third", async () => {
    const [first, second] = await two();
    await join(second, "Host", host);
    expect([await status(first), await status(second)]).toEqual(["started", "started"]);
    const { id: third } = await meeting();
    await join(third, "Host", host);
    expect([await status(first), await status(second), await status(third)]).toEqual([
      "waiting",
      "started",
      "started",
    ]);
  });

  test("ends the first by starting a second in other accounts", async () => {
    await settings({ plan: "pro" });
    const [first, second] = await two();
    await join(second, "Host", host);
    expect([await status(first), await status(second)]).toEqual(["waiting", "started"]);
  });

  test("is no matter unless that is enforced", async () => {
    const [, second] = await two();
    await settings({ enforceHostLimit: false });
    expect((await tryJoin(second, "Bo")).status).toBe(200);
  });
});

describe("a full meeting", () => {
  const fill = async (id: number, people: number): Promise<void> => {
    for (let n = 0; n < people; n += 1) await join(id, `Person ${n}`);
  };

  test("turns people away, until somebody leaves", async () => {
    await settings({ plan: "pro" });
    const { id } = await meeting();
    await fill(id, 100);
    const refused = await tryJoin(id, "One more");
    expect(refused).toMatchObject({ status: 409, body: { error: expect.stringContaining("100 seats") } });
    await sim("POST", `/meetings/${id}/leave`, { name: "Person 7" });
    expect((await tryJoin(id, "One more")).status).toBe(200);
  });

  test("has more seats with the add-on for large meetings", async () => {
    await settings({ plan: "pro", users: [{ email: "host1@example.com", largeMeeting: 101 }] });
    const { id } = await meeting();
    await fill(id, 101);
    expect((await tryJoin(id, "One more")).status).toBe(409);
  });
});

describe("somebody who left the company", () => {
  test("hosts nothing new and starts nothing once deactivated, and is listed as inactive", async () => {
    const { id } = await meeting();
    await settings({ users: [{ email: "host1@example.com", status: "inactive" }] });
    expect(await call("POST", "/users/host1@example.com/meetings", {})).toMatchObject({
      status: 400,
      body: { code: 3161 },
    });
    expect((await tryJoin(id, "Ada")).status).toBe(409);
    const emails = async (query: string) =>
      (await call("GET", `/users${query}`)).body.users.map(({ email }: Json) => email);
    expect(await emails("?status=inactive")).toEqual(["host1@example.com"]);
    expect(await emails("")).not.toContain("host1@example.com");
    expect((await call("GET", "/users/host1@example.com")).body.status).toBe("inactive");
  });

  test("is unknown once removed, with all meetings, of which the past is still told", async () => {
    const [ahead, live] = [await meeting(), await meeting()];
    await join(live.id, "Ada");
    await join(live.id, "Bo");
    await settings({ removeUsers: ["host1@example.com"] });
    expect(await call("GET", "/users/host1@example.com")).toMatchObject({
      status: 404,
      body: { code: 1001 },
    });
    for (const { id } of [ahead, live])
      expect(await call("GET", `/meetings/${id}`)).toMatchObject({ status: 404, body: { code: 3001 } });
    const { participants } = (await call("GET", `/past_meetings/${live.id}/participants`)).body;
    expect(participants).toHaveLength(2);
  });

  test("comes back as somebody else under the same address", async () => {
    const before = (await call("GET", "/users/host1@example.com")).body.id;
    await settings({ removeUsers: ["host1@example.com"] });
    await settings({ users: [{ email: "host1@example.com" }] });
    expect((await call("GET", "/users/host1@example.com")).body.id).not.toBe(before);
  });
});

describe("a meeting that nobody used for long", () => {
  const isThere = async (id: number) => (await call("GET", `/meetings/${id}`)).status;
  const isListed = async (id: number): Promise<boolean> =>
    (await call("GET", "/users/host1@example.com/meetings")).body.meetings.some(
      (each: Json) => each.id === id,
    );

  test("is gone 30 days after, from lists too, and nobody can join it", async () => {
    const { id } = await meeting();
    await advance(30 * DAY_MS);
    expect([await isThere(id), await isListed(id)]).toEqual([200, true]);
    await advance(DAY_MS);
    expect([await isThere(id), await isListed(id)]).toEqual([404, false]);
    expect((await tryJoin(id, "Ada")).status).toBe(404);
  });

  test("stays for 30 days after its last session, and its past longer", async () => {
    const { id } = await meeting();
    await advance(29 * DAY_MS);
    await join(id, "Ada");
    await join(id, "Bo");
    await end(id);
    await advance(29 * DAY_MS);
    expect(await isThere(id)).toBe(200);
    await advance(2 * DAY_MS);
    expect(await isThere(id)).toBe(404);
    expect((await call("GET", `/past_meetings/${id}`)).status).toBe(200);
  });

  test("is kept a year if it recurs", async () => {
    const { id } = await meeting({ type: 3 });
    await advance(365 * DAY_MS);
    expect(await isThere(id)).toBe(200);
    await advance(DAY_MS);
    expect(await isThere(id)).toBe(404);
  });
});
