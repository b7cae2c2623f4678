import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { sql } from "kysely";
import { hashOfKey } from "../../gateway/secrets.ts";
import { openEmbedded } from "../../store/embedded.ts";
import type { ApiKeyRole } from "../../store/index.ts";
import { storeOn } from "../../store/storeOn.ts";
import type { TestGateway } from "./startGateway.ts";
import { anIncident, bearer, keys, startGateway } from "./startGateway.ts";

/** Every route that the gateway has, a new one by itself: what is tried below is tried on each. */

type Route = TestGateway["app"]["routeAccess"][number];

let backend: Awaited<ReturnType<typeof openEmbedded>>;
let gateway: TestGateway;
let guarded: Route[];

const publicUrl = "http://gateway.test";
const cookies: Record<string, string> = {};
const expiredKey = "expired-key-0123456789";
const revokedKey = "revoked-key-0123456789";

const oidc = {
  issuerUrl: "http://127.0.0.1:9",
  clientId: "c",
  scopes: "openid",
  groupsClaim: "groups",
  roles: { "*": "viewer" } as const,
};

/** A session of the role, with what its row is to be like. */
const openSession = async (name: string, role: ApiKeyRole, then = sql`select 1`): Promise<void> => {
  const token = `token-of-${name}-0123456789`;
  const session = { id: name, method: "key", person: name, name, role } as const;
  await gateway.store.sessions.create({ ...session, hash: hashOfKey(token), lifeMs: 3_600_000 });
  await then.execute(backend.db);
  cookies[name] = `zoom_runbooks=${token}`;
};

beforeAll(async () => {
  backend = await openEmbedded(undefined);
  const store = await storeOn(backend, { info: () => undefined, warn: () => undefined });
  const limits = { requestsPerMinute: 1_000_000, wrongKeysPerMinute: 1_000_000 };
  gateway = await startGateway({ store, limits, oidc });
  guarded = gateway.app.routeAccess.filter(({ access }) => access !== "public");

  await store.incidents.declare(anIncident({ id: "inc-0" }));
  const key = { name: "k", role: "admin" } as const;
  const over = "2026-01-01T00:00:00.000Z";
  await store.apiKeys.create({ ...key, id: "expired", hash: hashOfKey(expiredKey), expires_at: over });
  await store.apiKeys.create({ ...key, id: "revoked", hash: hashOfKey(revokedKey) });
  await store.apiKeys.revoke("revoked");
  for (const role of ["viewer", "responder", "admin"] as const) await openSession(role, role);
  await openSession(
    "expired",
    "admin",
    sql`update console_sessions set expires_at = clock_timestamp() where id = 'expired'`,
  );
  await openSession(
    "idle",
    "admin",
    sql`update console_sessions set seen_at = clock_timestamp() - interval '3 hours' where id = 'idle'`,
  );
  await openSession("ended", "admin", sql`delete from console_sessions where id = 'ended'`);
});
afterAll(async () => {
  await gateway.close();
  await gateway.store.close();
});

/** All that the store holds, but for when keys and sessions were used, and for what the audit log says of it. */
const everything = async (): Promise<unknown> => {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'audit_log'
    order by table_name`.execute(backend.db);
  const tables = rows.map(async ({ name }) => {
    const held = await sql`
      select to_jsonb(t) - '{last_used_at,seen_at}'::text[] as row from ${sql.table(name)} t
      order by t::text`.execute(backend.db);
    return [name, held.rows];
  });
  return Object.fromEntries((await Promise.all(tables)) as [string, unknown][]);
};

/** Ids of things that are there. */
const there: Record<string, string> = {
  incidents: "inc-0",
  keys: "key-viewer",
  executions: "runbook-inc-0-bridge-1",
  meetings: "85746065432",
};

const pathOf = ({ url }: Route, param = (name: string) => there[url.split("/")[2] ?? ""] ?? `some-${name}`) =>
  url.replaceAll(/:(\w+)/g, (_all, name: string) => param(name));

type Sent = { headers?: Record<string, string>; body?: RequestInit["body"]; path?: string; query?: string };

const send = async (route: Route, { headers = {}, body = null, path = pathOf(route), query = "" }: Sent) => {
  const answer = await fetch(`${gateway.url}${path}${query}`, {
    method: route.method,
    headers,
    body,
    redirect: "manual",
  });
  const text = await answer.text();
  const isProblem = answer.headers.get("content-type")?.startsWith("application/problem+json") === true;
  const type = isProblem && text ? (JSON.parse(text) as { type: string }).type.split(":").at(-1) : undefined;
  return { status: answer.status, type, text, headers: answer.headers };
};

const nameOf = ({ method, url }: Route): string => `${method} ${url}`;

/** What each route answers to it, but those that refuse as they must. */
const notRefusing = async (routes: Route[], sent: Sent, status: number, type: string): Promise<string[]> => {
  const outcomes = routes.map(async (route) => {
    const answer = await send(route, sent);
    // An answer to HEAD has no body to say why.
    const isRight = answer.status === status && (route.method === "HEAD" || answer.type === type);
    return isRight ? [] : [`${nameOf(route)}: ${answer.status} ${answer.type}`];
  });
  return (await Promise.all(outcomes)).flat();
};

/** That take a body. */
const taking = (routes: Route[]): Route[] =>
  routes.filter(({ method }) => !["GET", "HEAD", "OPTIONS"].includes(method));

const forbiddenTo = (role: "viewer" | "responder"): Route[] =>
  guarded.filter(({ access }) => access === "admin" || (access === "responder" && role === "viewer"));

const ours = { origin: publicUrl };

describe("No route lets in", () => {
  test("there are routes, and those without a key are these alone", () => {
    expect(guarded.length).toBeGreaterThan(30);
    const open = gateway.app.routeAccess.filter(
      ({ access, method }) => access === "public" && method !== "HEAD",
    );
    expect(open.map(nameOf).toSorted()).toEqual([
      "GET /calendar/:meeting/:file",
      "GET /livez",
      "GET /metrics",
      "GET /oauth/zoom/callback",
      "GET /oauth/zoom/start",
      "GET /openapi.json",
      "GET /readyz",
      "GET /schemas/runbook.json",
      "GET /sign-in",
      "GET /sign-in/link",
      "GET /sign-in/oidc",
      "GET /sign-in/oidc/callback",
      "OPTIONS /codec/*",
      "POST /oauth/zoom/start",
      "POST /sign-in",
      "POST /sign-out",
      "POST /webhooks/zoom",
    ]);
  });

  test.each([
    ["nobody", {}],
    ["a wrong key", { authorization: "Bearer nonsense-0123456789" }],
    ["the hash of a key", { authorization: `Bearer ${hashOfKey(keys.admin)}` }],
    ["a key of another case", { authorization: `Bearer ${keys.admin.toUpperCase()}` }],
    ["a key in another scheme", { authorization: `Basic ${keys.admin}` }],
    ["a key in another header", { "x-api-key": keys.admin }],
    ["a key as a cookie", { cookie: `zoom_runbooks=${keys.admin}` }],
    ["two keys", { authorization: `Bearer ${keys.admin}, Bearer ${keys.admin}` }],
    ["a revoked key", { authorization: `Bearer ${revokedKey}` }],
    ["a forged session", { cookie: "zoom_runbooks=forged-0123456789" }],
    ["the hash of a session", { cookie: `zoom_runbooks=${hashOfKey("token-of-admin-0123456789")}` }],
    ["a session of no words", { cookie: `zoom_runbooks=${"x".repeat(4000)}; zoom_runbooks=` }],
  ] as [string, Record<string, string>][])("%s", async (_who, headers) => {
    const before = await everything();
    expect(await notRefusing(guarded, { headers: { ...ours, ...headers } }, 401, "key-required")).toEqual([]);
    expect(await everything()).toEqual(before);
  });

  test("a key in the query", async () => {
    const query = `?key=${keys.admin}&api_key=${keys.admin}&access_token=${keys.admin}`;
    expect(await notRefusing(guarded, { query }, 401, "key-required")).toEqual([]);
  });

  test("a key that expired, and says so", async () => {
    const headers = { authorization: `Bearer ${expiredKey}` };
    expect(await notRefusing(guarded, { headers }, 401, "key-expired")).toEqual([]);
  });

  test.each(["expired", "idle", "ended"])("a session that is %s", async (name) => {
    const headers = { cookie: cookies[name] ?? "", ...ours };
    expect(await notRefusing(guarded, { headers }, 401, "key-required")).toEqual([]);
  });

  test("a session whose cookie was tampered with", async () => {
    const cookie = `${cookies["admin"]?.slice(0, -1)}8`;
    expect(await notRefusing(guarded, { headers: { cookie, ...ours } }, 401, "key-required")).toEqual([]);
  });

  test.each(["viewer", "responder"] as const)(
    "a %s beyond that role, with a key or signed in",
    async (role) => {
      const before = await everything();
      const routes = forbiddenTo(role);
      expect(routes.length).toBeGreaterThan(10);
      const session = { cookie: cookies[role] ?? "", ...ours };
      for (const headers of [bearer(role), session])
        expect(await notRefusing(routes, { headers }, 403, "role-insufficient")).toEqual([]);
      expect(await everything()).toEqual(before);
      expect(gateway.calls).toEqual([]);
    },
  );

  test.each([
    ["from nowhere", {}],
    ["from another site", { origin: "http://evil.test" }],
    ["from another port", { origin: `${publicUrl}:8080` }],
    ["from a sandbox", { origin: "null" }],
    ["from a site, says the browser", { "sec-fetch-site": "cross-site", ...ours }],
    ["from a neighbour, says the browser", { "sec-fetch-site": "same-site", ...ours }],
  ])("a signed-in administrator's change that comes %s", async (_where, headers) => {
    const before = await everything();
    const cookie = cookies["admin"] ?? "";
    for (const type of ["application/json", "text/plain", "application/x-www-form-urlencoded"]) {
      const sent = { headers: { cookie, "content-type": type, ...headers }, body: "{}" };
      expect(
        await notRefusing(
          guarded.filter(({ changes }) => changes),
          sent,
          403,
          "cross-origin",
        ),
      ).toEqual([]);
    }
    expect(await everything()).toEqual(before);
    expect(gateway.calls).toEqual([]);
  });

  test("other sites to read with somebody's session: nothing allows them to", async () => {
    const headers = { cookie: cookies["admin"] ?? "", origin: "http://evil.test" };
    for (const url of ["/api/incidents", "/api/keys", "/api/session"]) {
      const answer = await fetch(`${gateway.url}${url}`, { headers });
      expect(answer.headers.get("access-control-allow-origin")).toBeNull();
      expect(answer.headers.get("cross-origin-resource-policy")).toBe("same-origin");
    }
  });
});

/** Answered as a problem, or by a page for people, and never as a mistake of ours. */
const mishandling = ({ status, type, text }: Awaited<ReturnType<typeof send>>): boolean =>
  status >= 500 || (status >= 400 && type === undefined && !text.startsWith("<!doctype"));

/** The identity provider is asked, and does not answer. */
const asksOthers = ({ url }: Route): boolean => url === "/sign-in/oidc";

describe("No route is upset by", () => {
  const mishandled = async (routes: Route[], sent: (route: Route) => Sent): Promise<string[]> => {
    const outcomes = routes.map(async (route) => {
      const { headers, ...more } = sent(route);
      const answer = await send(route, { headers: { ...bearer("admin"), ...headers }, ...more });
      return mishandling(answer) ? [`${nameOf(route)}: ${answer.status} ${answer.text.slice(0, 100)}`] : [];
    });
    return (await Promise.all(outcomes)).flat();
  };
  const all = (): Route[] =>
    gateway.app.routeAccess.filter((each) => each.method !== "HEAD" && !asksOthers(each));

  /** Nobody has these, so that what is allowed to an admin still changes nothing. */
  const absent = (route: Route): string => pathOf(route, (name) => (name === "meeting" ? "1" : "absent-1"));

  test.each([
    ["JSON that is none", "application/json", '{"title": '],
    ["a body that is not what it says", "application/json", "title: x"],
    ["an empty body", "application/json", ""],
    ["null", "application/json", "null"],
    ["a list", "application/json", "[1, 2]"],
    ["a prototype", "application/json", '{"__proto__": {"role": "admin"}, "constructor": {"prototype": {}}}'],
    ["a thousand nested lists", "application/json", "[".repeat(1000) + "]".repeat(1000)],
    ["ten thousand nested lists in YAML", "application/yaml", "[".repeat(10_000)],
    [
      "JSON nested in inputs",
      "application/json",
      `{"inputs": {"a": ${"[".repeat(100_000)}${"]".repeat(100_000)}}}`,
    ],
    ["lists in one line of YAML", "application/yaml", "- ".repeat(200_000)],
    [
      "a hundred thousand keys in YAML",
      "application/yaml",
      Array.from({ length: 100_000 }, (_, n) => `k${n}: 1`).join("\n"),
    ],
    ["aliases that grow", "application/yaml", "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]"],
    ["bytes that are no text", "application/json", Buffer.from([0xff, 0xfe, 0x00, 0x7b])],
    ["XML", "application/xml", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'],
    ["a form", "application/x-www-form-urlencoded", "title=x&severity=1&__proto__=1"],
    [
      "files",
      "multipart/form-data; boundary=x",
      '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--',
    ],
    ["a content type that is none", "nonsense", "{}"],
    ["a charset that is none", 'application/json; charset="x', "{}"],
  ] as [string, string, string | Buffer][])("%s", async (_what, type, body) => {
    const before = await everything();
    const sent = (route: Route): Sent => ({
      headers: { "content-type": type },
      body: body as RequestInit["body"],
      path: absent(route),
    });
    expect(await mishandled(taking(all()), sent)).toEqual([]);
    expect(await everything()).toEqual(before);
    expect(gateway.calls).toEqual([]);
  });

  test("a body that is too large", async () => {
    // Histories are decrypted in larger ones.
    const routes = taking(all()).filter(({ url }) => !url.startsWith("/codec/"));
    const before = await everything();
    const wrong: string[] = [];
    for (const type of ["application/json", "application/yaml", "application/x-www-form-urlencoded"]) {
      for (const route of routes) {
        const headers = { ...bearer("admin"), ...ours, "content-type": type, connection: "close" };
        const body = `{"title": "${"x".repeat(1_200_000)}"}`;
        // It may hang up while the rest is on its way.
        const answer = await send(route, { headers, body, path: absent(route) }).catch(() => undefined);
        if (answer && answer.status !== 413 && answer.status !== 415)
          wrong.push(`${nameOf(route)}: ${answer.status}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(await everything()).toEqual(before);
  });

  test.each([
    ["a very long one", "a".repeat(5000)],
    ["one that leads up", "..%2f..%2fetc%2fpasswd"],
    ["a zero byte", "a%00b"],
    ["bytes that are no text", "%ff%fe"],
    ["half an escape", "%"],
    ["SQL", "'%20or%20'1'='1';--"],
    ["a prototype", "__proto__"],
    ["a line break", "x%0d%0aX-Injected:%201"],
    ["another alphabet", "%F0%9F%92%A5%E2%80%AE"],
    ["nothing", "%20"],
    ["a template", "%7B%7Bincident.title%7D%7D"],
  ])("absurd ids in its path: %s", async (_what, id) => {
    const before = await everything();
    const routes = all().filter(({ url }) => url.includes(":"));
    expect(await mishandled(routes, (route) => ({ path: pathOf(route, () => id) }))).toEqual([]);
    expect(await everything()).toEqual(before);
    expect(gateway.calls).toEqual([]);
  });

  test.each([
    ["numbers below what is allowed", "?limit=-1&after=-1"],
    ["numbers beyond all bounds", "?limit=1e309&after=9007199254740993"],
    ["what is no number, and several times", "?limit=NaN&limit=1&limit[]=2"],
    ["prototypes", "?__proto__[role]=admin&constructor=1"],
    ["zero bytes", "?before=%00&q=%00&who=%00&state=%00&connector=%00"],
    ["bytes that are no text", "?q=%ff&token=%ff&code=%ff&state=%ff"],
    ["two thousand fields", `?${"a=1&".repeat(2000)}`],
    ["very long fields", `?q=${"x".repeat(8000)}&state=${"x".repeat(2000)}`],
    ["SQL", "?since=yesterday&before='%20or%201=1--"],
  ])("an absurd query: %s", async (_what, query) => {
    const before = await everything();
    expect(await mishandled(all(), (route) => ({ path: absent(route), query }))).toEqual([]);
    expect(await everything()).toEqual(before);
    expect(gateway.calls).toEqual([]);
  });

  test("headers that are too large, or no HTTP at all", async () => {
    const answer = await send(all()[0]!, { headers: { "x-large": "x".repeat(20_000) } }).catch(
      () => undefined,
    );
    expect(answer?.status ?? 431).toBe(431);
    expect((await fetch(`${gateway.url}/livez`)).status).toBe(200);
  });
});

test("Every answer tells browsers to load nothing, to frame nothing and to keep nothing", async () => {
  for (const route of gateway.app.routeAccess.filter(({ method }) => method === "GET")) {
    const { headers } = await send(route, {});
    const policy = headers.get("content-security-policy") ?? "";
    for (const each of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"])
      expect(policy).toContain(each);
    expect(policy).not.toMatch(/unsafe|script-src|https?:|\*/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    if (route.url.startsWith("/api/")) expect(headers.get("cache-control")).toMatch(/no-store/);
  }
});
