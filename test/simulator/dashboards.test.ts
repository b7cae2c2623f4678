import { beforeEach, describe, expect, test } from "@jest/globals";
import { inPath, useSimulator } from "./support.ts";

const { call, sim, meeting, advance, join, end } = useSimulator({ plan: "business" });

const DAY = "from=2026-11-23&to=2026-11-24";
beforeEach(() => sim("POST", "/settings", { limits: false }));

const off = {
  status: 400,
  body: { code: 400, message: expect.stringContaining("Business or higher accounts") },
};

describe("the dashboard", () => {
  test.each([["plain"], ["slash"]])("tells who is in a meeting now, by a %s UUID too", async (uuidStyle) => {
    await sim("POST", "/settings", { uuidStyle });
    const { id } = await meeting();
    await join(id, "Host", { email: "host1@example.com" });
    await join(id, "Ada", { email: "ada@elsewhere.org", phone_number: "15550100" });
    await join(id, "Bo", { waiting_room: true });
    const { body } = await call("GET", `/metrics/meetings/${id}/participants?type=live`);
    expect(body.participants).toMatchObject([
      { user_name: "Host", email: "host1@example.com", role: "host", status: "in_meeting" },
      { user_name: "Ada", email: "", role: "attendee", device: "Phone" },
      { user_name: "Bo", status: "in_waiting_room" },
    ]);
    expect(body.participants[0]).not.toHaveProperty("leave_time");
    const { uuid } = (await call("GET", `/meetings/${id}`)).body;
    const byUuid = await call("GET", `/metrics/meetings/${inPath(uuid)}/participants`);
    expect(byUuid.body.participants).toHaveLength(3);
    expect((await call("GET", `/metrics/meetings/${id}`)).body).toMatchObject({ id, participants: 2 });
    expect((await call("GET", `/metrics/meetings?type=live&${DAY}`)).body.meetings).toMatchObject([{ id }]);
  });

  test("tells of the past by id and by uuid, one person or more", async () => {
    const { id, uuid } = await meeting();
    await join(id, "Ada");
    await advance(3_723_000);
    await end(id);
    for (const reference of [id, inPath(uuid)]) {
      const path = `/metrics/meetings/${reference}`;
      expect((await call("GET", `${path}?type=past`)).body).toMatchObject({ uuid, duration: "01:02:03" });
      expect((await call("GET", `${path}/participants?type=past`)).body.participants).toHaveLength(1);
      expect(await call("GET", `${path}/participants`)).toMatchObject({ status: 404, body: { code: 3001 } });
    }
  });

  test.each([["free"], ["pro"]])("is not for a %s account", async (plan) => {
    await sim("POST", "/settings", { plan });
    const { id } = await meeting();
    await join(id, "Ada");
    for (const path of [`?${DAY}`, `/${id}`, `/${id}/participants`])
      expect(await call("GET", `/metrics/meetings${path}`)).toMatchObject(off);
  });

  test("wants to know of which days", async () => {
    expect(await call("GET", "/metrics/meetings?from=2026-11-23")).toMatchObject({
      status: 400,
      body: { errors: [{ field: "to" }] },
    });
  });

  test("is not there when it is switched off", async () => {
    await sim("POST", "/settings", { dashboard: false });
    expect(await call("GET", `/metrics/meetings?${DAY}`)).toMatchObject(off);
  });
});
