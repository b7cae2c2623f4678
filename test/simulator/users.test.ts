import { describe, expect, test } from "@jest/globals";
import { useSimulator } from "./support.ts";

const { call, sim, advance } = useSimulator();

describe("users", () => {
  test("there are five licensed hosts and a basic user", async () => {
    const { body } = await call("GET", "/users");
    const byType = (type: number) => body.users.filter((user: { type: number }) => user.type === type);
    expect(byType(2).map(({ email }: { email: string }) => email)).toEqual(
      [1, 2, 3, 4, 5].map((n) => `host${n}@example.com`),
    );
    expect(byType(1)).toMatchObject([{ email: "basic@example.com" }]);
  });

  test("a user is found by e-mail and by id, but not as `me`", async () => {
    const byEmail = await call("GET", "/users/host1@example.com");
    const byId = await call("GET", `/users/${byEmail.body.id}`);
    expect(byId.body).toEqual(byEmail.body);
    expect(await call("GET", "/users/me")).toMatchObject({
      status: 404,
      body: { code: 1001, message: "User does not exist: me." },
    });
  });

  test("pages follow each other by token, which is good for 15 minutes and one list", async () => {
    const first = await call("GET", "/users?page_size=4");
    expect(first.body).toMatchObject({ page_size: 4, page_count: 2, total_records: 6 });
    const next = `page_size=4&next_page_token=${first.body.next_page_token}`;
    const second = await call("GET", `/users?${next}`);
    expect(second.body.users).toHaveLength(2);
    expect(second.body.next_page_token).toBe("");
    const refusal = {
      status: 400,
      body: { code: 300, message: "The next page token is invalid or expired." },
    };
    expect(await call("GET", `/users/host1@example.com/meetings?${next}`)).toMatchObject(refusal);
    await advance(15 * 60_000);
    expect(await call("GET", `/users?${next}`)).toMatchObject(refusal);
  });

  test("a control adds users, changes licences and removes users", async () => {
    await sim("POST", "/settings", {
      users: [
        { email: "host6@example.com", licensed: true, groups: ["responders"] },
        { email: "host1@example.com", licensed: false },
      ],
      removeUsers: ["host5@example.com"],
    });
    expect((await call("GET", "/users/host6@example.com")).body.type).toBe(2);
    expect((await call("GET", "/users/host1@example.com")).body.type).toBe(1);
    expect((await call("GET", "/users/host5@example.com")).status).toBe(404);
  });

  test("the group of responders has three hosts", async () => {
    const { body } = await call("GET", "/groups");
    expect(body.groups).toMatchObject([{ name: "responders", total_members: 3 }]);
    const members = await call("GET", `/groups/${body.groups[0].id}/members`);
    expect(members.body.members.map(({ email }: { email: string }) => email)).toEqual(
      [1, 2, 3].map((n) => `host${n}@example.com`),
    );
    expect(await call("GET", "/groups/none/members")).toMatchObject({ status: 404, body: { code: 4130 } });
  });
});
