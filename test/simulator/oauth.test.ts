import { describe, expect, test } from "@jest/globals";
import { BASIC, GRANT, useSimulator } from "./support.ts";

const { oauth, call, sim, send, advance, newToken, url } = useSimulator();

const HOUR_MS = 3_600_000;

describe("tokens", () => {
  test("the account's credentials bring a token that lives 3599 seconds", async () => {
    const { status, body } = await oauth(GRANT);
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: "bearer", expires_in: 3599, api_url: url() });
    expect(body.scope.split(" ")).toContain("meeting:write:meeting:admin");
    expect((await call("GET", "/users", undefined, body.access_token)).status).toBe(200);
  });

  test("parameters in the query are tolerated", async () => {
    const reply = await send("POST", `/oauth/token?${new URLSearchParams(GRANT).toString()}`, {
      headers: { authorization: BASIC },
    });
    expect(reply.status).toBe(200);
  });

  test("several tokens are alive at once", async () => {
    const [first, second] = [await newToken(), await newToken()];
    expect(first).not.toBe(second);
    expect((await call("GET", "/users", undefined, first)).status).toBe(200);
    expect((await call("GET", "/users", undefined, second)).status).toBe(200);
  });

  test.each([
    [
      "wrong client secret",
      GRANT,
      "Basic c2ltLWNsaWVudDp3cm9uZw==",
      400,
      "Invalid client_id or client_secret",
      "invalid_client",
    ],
    ["no client", GRANT, "", 400, "Invalid client_id or client_secret", "invalid_client"],
    ["wrong account", { ...GRANT, account_id: "nobody" }, undefined, 400, "Bad Request", "invalid_request"],
    [
      "wrong grant",
      { ...GRANT, grant_type: "password" },
      undefined,
      400,
      "unsupported grant type",
      "unsupported_grant_type",
    ],
  ])(
    "%s is refused in the token endpoint's own words",
    async (_case, form, authorization, status, reason, error) => {
      const reply = await oauth(form, authorization);
      expect(reply.status).toBe(status);
      expect(reply.body).toEqual({ reason, error });
    },
  );

  test("a disabled app gets no token and its old ones stop", async () => {
    const token = await newToken();
    await sim("POST", "/settings", { appDisabled: true });
    expect(await oauth(GRANT)).toMatchObject({
      status: 404,
      body: { reason: "The application is disabled", error: "invalid_client" },
    });
    expect((await call("GET", "/users", undefined, token)).body.code).toBe(124);
  });

  test("a revoked token is invalid", async () => {
    const token = await newToken();
    const revoked = await send("POST", "/oauth/revoke", {
      headers: { authorization: BASIC },
      body: new URLSearchParams({ token }),
    });
    expect(revoked.body).toEqual({ status: "success" });
    expect((await call("GET", "/users", undefined, token)).body).toEqual({
      code: 124,
      message: "Invalid access token.",
    });
  });
});

describe("calls", () => {
  test("an expired token is told from one that never was", async () => {
    const token = await newToken();
    await advance(HOUR_MS);
    expect(await call("GET", "/users", undefined, token)).toMatchObject({
      status: 401,
      body: { code: 124, message: "Access token is expired." },
    });
    expect(await call("GET", "/users", undefined, "nonsense")).toMatchObject({
      status: 401,
      body: { code: 124, message: "Invalid access token." },
    });
  });

  test("a token in the query is refused", async () => {
    const reply = await send("GET", `/v2/users?access_token=${await newToken()}`, {});
    expect(reply).toMatchObject({ status: 401, body: { code: 124 } });
  });

  test("a missing scope is named with every scope that would do", async () => {
    const token = await newToken();
    await sim("POST", "/settings", { scopes: ["user:read:list_users:admin"] });
    expect((await call("GET", "/users/host1@example.com/meetings", undefined, token)).status).toBe(200);
    expect(await call("GET", "/users/host1@example.com/meetings", undefined, await newToken())).toMatchObject(
      {
        status: 400,
        body: {
          code: 4711,
          message:
            "Invalid access token, does not contain scopes:[meeting:read:list_meetings, meeting:read:list_meetings:admin].",
        },
      },
    );
  });

  test("a classic scope does as well", async () => {
    await sim("POST", "/settings", { scopes: ["meeting:read:admin"] });
    expect((await call("GET", "/users/host1@example.com/meetings", undefined, await newToken())).status).toBe(
      200,
    );
  });

  test("an unknown path is not recognized", async () => {
    expect(await call("GET", "/nothing/here")).toMatchObject({
      status: 404,
      body: { code: 2300, message: "This API endpoint is not recognized." },
    });
    expect((await send("GET", "/elsewhere", {})).body.code).toBe(2300);
  });

  test("every answer has a tracking id", async () => {
    const { headers } = await call("GET", "/users");
    expect(headers.get("x-zm-trackingid")).toMatch(/^v=2\.0;clid=us02;rid=WEB_[0-9a-f]{32}$/);
  });
});
