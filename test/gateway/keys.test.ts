import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { TestGateway } from "./startGateway.ts";
import { bearer, keys, startGateway } from "./startGateway.ts";

let gateway: TestGateway;
const adminApiKey = "configured-key-0123456789";
beforeAll(async () => void (gateway = await startGateway({ adminApiKey })));
afterAll(() => gateway.close());

const made = async (over: object = {}) => {
  const payload = { name: "ci", role: "responder", ...over };
  return gateway.inject({ method: "POST", url: "/api/keys", headers: bearer("admin"), payload });
};
const listed = async () =>
  (await gateway.inject({ url: "/api/keys", headers: bearer("admin") })).json().keys as { id: string }[];
const whoIs = (key: string) =>
  gateway.inject({ url: "/api/session", headers: { authorization: `Bearer ${key}` } });
const revoke = (id: string) =>
  gateway.inject({ method: "DELETE", url: `/api/keys/${id}`, headers: bearer("admin") });

test("A key is shown when it is made and never again; its beginning tells it from others", async () => {
  const answer = await made();
  expect(answer.statusCode).toBe(201);
  const { key, ...row } = answer.json();
  expect(key).toMatch(/^zrb_[\w-]{32}$/);
  expect(row).toMatchObject({ prefix: key.slice(0, 10), role: "responder", created_by: "a admin" });
  expect(row).toMatchObject({ last_used_at: null, expires_at: null });
  expect(await listed()).toContainEqual(row);
  expect(JSON.stringify(await listed())).not.toContain(key);

  expect((await whoIs(key)).json()).toEqual({
    kind: "key",
    id: row.id,
    name: "ci",
    role: "responder",
    expires_at: null,
  });
  expect(await listed()).toContainEqual({ ...row, last_used_at: expect.any(String) });
});

test("A key that expired is refused with that word, and told so to its holder alone", async () => {
  const expires_at = new Date(Date.now() + 1_000).toISOString();
  const { key } = (await made({ name: "short", expires_at })).json();
  expect((await whoIs(key)).statusCode).toBe(200);
  await new Promise((resolve) => setTimeout(resolve, Date.parse(expires_at) - Date.now() + 10));
  const refused = await whoIs(key);
  expect(refused.statusCode).toBe(401);
  expect(refused.json()).toMatchObject({
    type: "urn:zoom-runbooks:problem:key-expired",
    detail: expect.stringContaining(`"short" expired at ${expires_at}`),
  });
  expect((await whoIs(`${key}x`)).json().type).toContain("key-required");
});

test("A revoked key is refused at once", async () => {
  const { key, id } = (await made()).json();
  expect((await whoIs(key)).statusCode).toBe(200);
  expect((await revoke(id)).statusCode).toBe(204);
  expect((await whoIs(key)).statusCode).toBe(401);
  expect((await revoke(id)).statusCode).toBe(404);
});

test("The last admin's key cannot be revoked, nor the configured one", async () => {
  expect((await revoke("configured")).json().detail).toContain("ADMIN_API_KEY");
  await gateway.store.apiKeys.remove("configured");
  const last = await revoke("key-admin");
  expect(last.statusCode).toBe(409);
  expect(last.json().detail).toContain("the last admin's key");
  expect((await whoIs(keys.admin)).statusCode).toBe(200);
});

test.each([
  [{ role: "root" }, "role"],
  [{ name: " " }, "name"],
  [{ name: "two\nlines" }, "name"],
  [{ expires_at: "2026-01-01T00:00:00Z" }, "expires_at"],
  [{ expires_at: "tomorrow" }, "expires_at"],
  [{ key: "my own" }, "key"],
])("A key with %j is not made", async (over, field) => {
  const before = await listed();
  const answer = await made(over);
  expect(answer.statusCode).toBe(400);
  expect(answer.json().errors).toMatchObject([{ path: field }]);
  expect(await listed()).toHaveLength(before.length);
});
