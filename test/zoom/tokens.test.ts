import { describe, expect, test } from "@jest/globals";
import { inspect } from "node:util";
import { hasScope } from "../../domain/scopes.ts";
import type { ServerToServerOptions, TokenSource } from "../../zoom/tokens.ts";
import { serverToServerTokens } from "../../zoom/tokens.ts";
import type { Handler, TestServer } from "./support.ts";
import { failureOf, startServer, testHttp } from "./support.ts";

type Setup = { tokens: TokenSource; server: TestServer; clock: { nowMs: number } };

const setUp = async (handler: Handler, options: Partial<ServerToServerOptions> = {}): Promise<Setup> => {
  const server = await startServer(handler);
  const clock = { nowMs: Date.parse("2026-11-23T20:30:00Z") };
  const tokens = serverToServerTokens({
    oauthUrl: `${server.url}/oauth`,
    accountId: "acc/ount+1",
    clientId: "client-id",
    clientSecret: "client-secret-xyz",
    http: testHttp(),
    now: () => clock.nowMs,
    retryWaitsMs: [1, 2],
    ...options,
  });
  return { tokens, server, clock };
};

const issue: Handler = (_seen, _response, index) => ({
  json: {
    access_token: `token-${index}`,
    token_type: "bearer",
    expires_in: 3599,
    scope: "meeting:write:admin user:read:admin",
    api_url: "https://api.zoom.us",
  },
});

describe("account credentials", () => {
  test("go into the Basic header and the form, none into the URL", async () => {
    const { tokens, server } = await setUp(issue);
    expect(await tokens.accessToken()).toBe("token-0");
    const [seen] = server.seen;
    expect(seen).toMatchObject({ method: "POST", path: "/oauth/token", query: {} });
    expect(seen?.headers.authorization).toBe(
      `Basic ${Buffer.from("client-id:client-secret-xyz").toString("base64")}`,
    );
    expect(seen?.headers["content-type"]).toContain("application/x-www-form-urlencoded");
    expect(Object.fromEntries(new URLSearchParams(seen?.body))).toEqual({
      grant_type: "account_credentials",
      account_id: "acc/ount+1",
    });
  });

  test("a hundred calls at once make one request", async () => {
    const { tokens, server } = await setUp(async (...given) => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      return issue(...given);
    });
    const all = await Promise.all(Array.from({ length: 100 }, () => tokens.accessToken()));
    expect(new Set(all)).toEqual(new Set(["token-0"]));
    expect(server.seen).toHaveLength(1);
  });

  test("the token is kept until a minute of it is left", async () => {
    const { tokens, server, clock } = await setUp(issue);
    await tokens.accessToken();
    clock.nowMs += 3_538_000;
    expect(await tokens.accessToken()).toBe("token-0");
    clock.nowMs += 1000;
    expect(await tokens.accessToken()).toBe("token-1");
    expect(server.seen).toHaveLength(2);
  });

  test("a short token is kept for half its life", async () => {
    const { tokens, clock } = await setUp((_seen, _response, index) => ({
      json: { access_token: `token-${index}`, expires_in: 30 },
    }));
    await tokens.accessToken();
    clock.nowMs += 14_000;
    expect(await tokens.accessToken()).toBe("token-0");
    clock.nowMs += 1000;
    expect(await tokens.accessToken()).toBe("token-1");
  });

  test("a refused token is replaced once, however many calls it failed", async () => {
    const { tokens, server } = await setUp(issue);
    const token = await tokens.accessToken();
    const fresh = await Promise.all(
      Array.from({ length: 50 }, () => {
        tokens.invalidate(token);
        return tokens.accessToken();
      }),
    );
    expect(new Set(fresh)).toEqual(new Set(["token-1"]));
    tokens.invalidate(token);
    expect(await tokens.accessToken()).toBe("token-1");
    expect(server.seen).toHaveLength(2);
  });

  test("a token for which another may do better is replaced once it has some age", async () => {
    const { tokens, clock } = await setUp(issue);
    const token = await tokens.accessToken();
    tokens.invalidate(token, 10_000);
    expect(await tokens.accessToken()).toBe(token);
    clock.nowMs += 10_000;
    tokens.invalidate(token, 10_000);
    expect(await tokens.accessToken()).toBe("token-1");
  });

  test("what was granted is known once there is a token", async () => {
    const { tokens } = await setUp(issue);
    expect(tokens.scopes()).toBeUndefined();
    await tokens.accessToken();
    expect(tokens.scopes()).toEqual(["meeting:write:admin", "user:read:admin"]);
  });

  test("an answer without its lesser fields will do", async () => {
    const { tokens, clock } = await setUp((_seen, _response, index) => ({
      json: { access_token: `token-${index}`, expires_in: null },
    }));
    expect(await tokens.accessToken()).toBe("token-0");
    expect(tokens.scopes()).toBeUndefined();
    clock.nowMs += 3_500_000;
    expect(await tokens.accessToken()).toBe("token-0");
  });
});

describe("when no token comes", () => {
  test("outages are sat out a little", async () => {
    const { tokens, server } = await setUp((...given) => (given[2] < 2 ? { status: 503 } : issue(...given)));
    expect(await tokens.accessToken()).toBe("token-2");
    expect(server.seen).toHaveLength(3);
  });

  test("resets and timeouts are sat out too", async () => {
    const { tokens, server } = await setUp(
      (seen, response, index) => {
        if (index === 0) return void seen.socket.resetAndDestroy();
        return index === 1 ? undefined : issue(seen, response, index);
      },
      { timeoutMs: 100 },
    );
    expect(await tokens.accessToken()).toBe("token-2");
    expect(server.seen).toHaveLength(3);
  });

  test("and a failure is not remembered", async () => {
    const state = { isDown: true };
    const { tokens, server } = await setUp((...given) => (state.isDown ? { status: 500 } : issue(...given)));
    const failures = await Promise.all(Array.from({ length: 20 }, () => failureOf(tokens.accessToken())));
    expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(["unavailable"]));
    expect(server.seen).toHaveLength(3);
    state.isDown = false;
    expect(await tokens.accessToken()).toBe("token-3");
  });

  test("wrong credentials are refused at once and shown to nobody", async () => {
    const { tokens, server } = await setUp(() => ({
      status: 400,
      json: { reason: "Invalid client_id or client_secret: client-secret-xyz", error: "invalid_client" },
    }));
    const error = await failureOf(tokens.accessToken());
    expect(error).toMatchObject({
      code: "authentication",
      field: "client_id",
      retryable: false,
      path: "/oauth/token",
    });
    const shown = `${inspect(error, { depth: 20, showHidden: true })} ${JSON.stringify(error)}`;
    expect(shown).not.toContain("client-secret-xyz");
    expect(shown).not.toContain(Buffer.from("client-id:client-secret-xyz").toString("base64"));
    expect(server.seen).toHaveLength(1);
  });

  test("the rest of the old one is used while Zoom's OAuth is down", async () => {
    const state = { isDown: false };
    const { tokens, clock } = await setUp((...given) => (state.isDown ? { status: 500 } : issue(...given)));
    await tokens.accessToken();
    state.isDown = true;
    clock.nowMs += 3_560_000;
    expect(await tokens.accessToken()).toBe("token-0");
    clock.nowMs += 40_000;
    expect((await failureOf(tokens.accessToken())).code).toBe("unavailable");
  });

  test("an answer without a token is no token", async () => {
    const { tokens } = await setUp(() => ({ json: { access_token: "" } }));
    expect((await failureOf(tokens.accessToken())).code).toBe("unexpected_answer");
  });
});

describe("scopes", () => {
  test.each([
    [["meeting:write:admin"], ["meeting:write:admin", "meeting:write:meeting:admin"], true],
    [["meeting:write:meeting:admin"], ["meeting:write", "meeting:write:meeting"], true],
    [["meeting:write:meeting"], ["meeting:write:meeting:admin"], false],
    [["meeting:read:admin"], ["meeting:write:admin"], false],
    [
      ["cloud_recording:read:list_recording_files:master"],
      ["cloud_recording:read:list_recording_files:admin"],
      true,
    ],
    [
      ["cloud_recording:read:list_recording_files:admin"],
      ["cloud_recording:read:list_recording_files:master"],
      false,
    ],
    [[], ["meeting:read"], false],
    [[], [], true],
    [undefined, ["meeting:read"], true],
  ] as const)("%j include one of %j: %s", (granted, anyOf, expected) => {
    expect(hasScope(granted, anyOf)).toBe(expected);
  });
});
