import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { FailureCode } from "../../domain/failures.ts";
import { cleanText } from "../../zoom/cleanText.ts";
import { toZoomError, unusableAnswer, ZoomError } from "../../zoom/errors.ts";
import type { HttpAnswer, HttpMethod, NoAnswer } from "../../zoom/http.ts";
import { limitOf, untilMidnightMs } from "../../zoom/limits.ts";
import { toTokenError } from "../../zoom/oauthErrors.ts";

const nowMs = Date.parse("2026-11-23T20:30:00Z");
const answer = (status: number, body: unknown = "", headers: Record<string, string> = {}): HttpAnswer => ({
  kind: "answer",
  status,
  headers,
  text: typeof body === "string" ? body : JSON.stringify(body),
});
const call = (method: HttpMethod = "GET", path = "/meetings/85746065432") => ({ method, path, nowMs });
const refused = (status: number, code: number, message: string, method: HttpMethod = "GET") =>
  toZoomError(call(method), answer(status, { code, message }));

describe("what a refusal is called", () => {
  const cases: [status: number, code: number, message: string, expected: FailureCode, method?: HttpMethod][] =
    [
      [401, 124, "Invalid access token.", "authentication"],
      [400, 124, "Access token is expired.", "authentication"],
      [200, 124, "Access token is expired.", "authentication"],
      [400, 4700, "Invalid access token, does not contain role:read:admin scope.", "missing_scope"],
      [
        401,
        4700,
        "Invalid Access Token: The access token is invalid, expired, or missing required scopes.",
        "authentication",
      ],
      [400, 4711, "Invalid access token, does not contain scopes:[meeting:write:admin].", "missing_scope"],
      [403, 4711, "無効なアクセストークン", "missing_scope"],
      [404, 1001, "User does not exist: nobody@example.com.", "not_found"],
      [400, 1010, "User does not belong to this account: abc.", "not_found"],
      [401, 1010, "User does not belong to this account: abc.", "not_found"],
      [404, 3001, "Meeting does not exist: 1.", "not_found"],
      [404, 3001, "ミーティングが存在しません: 85746065432", "not_found"],
      [404, 300, "Meeting ID does not exist.", "not_found"],
      [400, 300, "Meeting does not exist.", "not_found"],
      [400, 12702, "Can not access a meeting a year ago.", "not_found"],
      [
        400,
        3161,
        "Meeting hosting and scheduling capabilities are not allowed for your user account.",
        "host_unavailable",
      ],
      [400, 3161, "Su cuenta no puede programar reuniones.", "host_unavailable"],
      [400, 3000, "You cannot schedule a meeting for host2@example.com", "host_unavailable", "POST"],
      [
        400,
        3000,
        "Users in 'a@b.c' have been blocked from joining meetings and webinars.",
        "permission",
        "POST",
      ],
      [400, 3000, "Instant meetings do not support the `schedule_for` parameter.", "invalid_input", "POST"],
      [400, 3000, "会議をスケジュールできません", "invalid_input", "POST"],
      [400, 3000, "Cannot access webinar info.", "permission"],
      [400, 300, "Validation Failed.", "invalid_input", "POST"],
      [400, 300, "検証に失敗しました", "invalid_input", "POST"],
      [400, 300, "This API is not available for this account.", "plan", "PATCH"],
      [400, 200, "Only available for paid account: abc.", "plan"],
      [400, 400, "Only for Business accounts that have enabled the Dashboard feature.", "plan"],
      [400, 200, "No permission.", "permission"],
      [200, 200, "You do not have the right permissions.", "permission"],
      [400, 200, "権限がありません", "permission"],
      [403, 2306, "Not allowed to view meetings scheduled for others.", "permission"],
      [404, 3301, "There is no recording for this meeting.", "not_ready"],
      [404, 3301, "Esta grabación aún se está procesando.", "not_ready"],
      [404, 3322, "This meeting transcript does not exist.", "not_ready"],
      [400, 3309, "Not enough cloud storage available.", "plan", "PATCH"],
      [400, 1114, "Unable to assign the alternative host.", "invalid_input", "POST"],
      [400, 404, "Registration has not been enabled for this meeting: 1.", "invalid_input", "POST"],
      [404, 404, "Meeting not found", "not_found"],
      [404, 2300, "This API endpoint is not recognized.", "unexpected_answer"],
      [400, 424242, "Something new.", "invalid_input", "POST"],
      [403, 424242, "Something new.", "permission"],
      [404, 424242, "Something new.", "not_found"],
      [200, 424242, "Something new.", "unexpected_answer"],
      [
        429,
        429,
        "You have reached the maximum per-second rate limit for this API. Try again later.",
        "rate_limited",
      ],
      [429, 4001, "You have reached the maximum per-second rate limit for this API.", "rate_limited"],
      [400, 4001, "You have reached the maximum per-second rate limit for this API.", "rate_limited"],
      [429, 429, "アクセスが多すぎます", "rate_limited"],
      [
        429,
        429,
        "You have exceeded the daily rate limit (100) of Meeting Create/Update API requests permitted for this particular user. You may resume these requests at GMT 00:00:00.",
        "daily_limit",
        "POST",
      ],
      [429, 429, "1日の上限(100)を超えました。GMT 00:00:00 に再開できます。", "daily_limit", "POST"],
    ];

  test.each(cases)("%i with code %i (%s) is %s", (status, code, message, expected, method = "GET") => {
    expect(refused(status, code, message, method)).toMatchObject({ code: expected, status, zoomCode: code });
  });

  test.each([
    [400, "invalid_input"],
    [401, "authentication"],
    [403, "permission"],
    [404, "unexpected_answer"],
    [302, "unexpected_answer"],
    [405, "unexpected_answer"],
    [500, "unavailable"],
    [502, "unavailable"],
  ] as const)("an empty or HTML answer with status %i is %s", (status, code) => {
    expect(toZoomError(call(), answer(status)).code).toBe(code);
    const html = `<html><body><h1>${"Bad gateway ".repeat(100_000)}</h1></body></html>`;
    const error = toZoomError(call(), answer(status, html));
    expect(error.code).toBe(code);
    expect(error.message.length).toBeLessThan(400);
    expect(error.message).not.toContain("Bad gateway");
  });

  test.each([500, 502, 503, 504])("a create answered with %i may have been done", (status) => {
    expect(toZoomError(call("POST"), answer(status)).code).toBe("outcome_unknown");
    expect(toZoomError(call("POST"), answer(status, { code: 300, message: "busy" })).code).toBe(
      "outcome_unknown",
    );
    for (const method of ["GET", "PATCH", "PUT", "DELETE"] as const) {
      expect(toZoomError(call(method), answer(status)).code).toBe("unavailable");
    }
  });

  test("an outage may say how long it lasts", () => {
    expect(toZoomError(call(), answer(503, "", { "retry-after": "30" }))).toMatchObject({
      retryAfterMs: 30_000,
    });
  });

  test("the scopes of which any would do are listed", () => {
    const error = refused(
      400,
      4711,
      "Invalid access token, does not contain scopes:[user:write:admin, user:read:admin, meeting:read:list_meetings, user:read].",
    );
    expect(error.scopes).toEqual([
      "user:write:admin",
      "user:read:admin",
      "meeting:read:list_meetings",
      "user:read",
    ]);
    expect(error.retryable).toBe(false);
  });

  test("the field at fault is named", () => {
    const body = {
      code: 300,
      message: "Validation Failed.",
      errors: [{ field: "settings.auto_recording", message: "Invalid field." }],
    };
    const error = toZoomError(call("POST", "/users/host1@example.com/meetings"), answer(400, body));
    expect(error).toMatchObject({ code: "invalid_input", field: "settings.auto_recording" });
    expect(error.message).toBe(
      "The input is not valid: POST /users/host1@example.com/meetings answered 400, code 300: Validation Failed. settings.auto_recording: Invalid field.",
    );
    expect(refused(400, 1114, "Unable.", "POST").field).toBe("settings.alternative_hosts");
  });

  test("no recording may mean not yet or never, and the error says so", () => {
    const error = refused(404, 3301, "Esta grabación no existe.");
    expect(error).toMatchObject({ code: "not_ready", mayBeAbsent: true, retryable: true });
    expect(error.message).toContain("still being processed");
  });

  test("Zoom's tracking id is kept", () => {
    const error = toZoomError(
      call(),
      answer(404, { code: 3001, message: "x" }, { "x-zm-trackingid": "v=2.0;rid=WEB_1" }),
    );
    expect(error.trackingId).toBe("v=2.0;rid=WEB_1");
  });

  test("any status with any body has a name, and a bounded message", () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), fc.oneof(fc.string(), fc.json()), (status, text) => {
        const error = toZoomError(call("POST"), answer(status, text));
        expect(error).toBeInstanceOf(ZoomError);
        expect(error.message.length).toBeLessThan(800);
      }),
    );
  });
});

describe("how long to wait", () => {
  const limit = (headers: Record<string, string>, text = "") => limitOf({ headers, text, nowMs });

  test("Retry-After may be an ISO date, an HTTP date or seconds", () => {
    expect(limit({ "retry-after": "2026-11-24T00:00:00Z", "x-ratelimit-type": "Daily-limit" })).toEqual({
      code: "daily_limit",
      retryAfterMs: 3.5 * 3_600_000,
    });
    expect(limit({ "retry-after": "Mon, 23 Nov 2026 20:30:07 GMT" })).toEqual({
      code: "rate_limited",
      retryAfterMs: 7000,
    });
    expect(limit({ "retry-after": "3" })).toEqual({ code: "rate_limited", retryAfterMs: 3000 });
  });

  test("a day's limit without a date lasts until the next midnight UTC", () => {
    const text =
      "You have exceeded the daily rate limit (100) of Meeting Create/Update API requests permitted for this particular user.";
    const headers = {
      "x-ratelimit-category": "Light",
      "x-ratelimit-limit": "6000",
      "x-ratelimit-remaining": "5893",
    };
    expect(limit(headers, text)).toEqual({ code: "daily_limit", retryAfterMs: 3.5 * 3_600_000 });
    expect(untilMidnightMs(Date.parse("2026-11-23T00:00:00Z"))).toBe(86_400_000);
    expect(untilMidnightMs(Date.parse("2026-11-23T23:59:59.999Z"))).toBe(1);
  });

  test.each(["2020-05-31T00:00:00Z", "2031-01-01T00:00:00Z", "soon", "-5"])(
    "a date that makes no sense (%s) is not believed",
    (given) => {
      expect(limit({ "retry-after": given, "x-ratelimit-type": "Daily-limit" }).retryAfterMs).toBe(
        3.5 * 3_600_000,
      );
    },
  );

  test("a wait of hours is a day's limit whatever it is called", () => {
    expect(limit({ "retry-after": "7200" }).code).toBe("daily_limit");
  });

  test("live controls tell their wait in the text", () => {
    expect(limit({}, "You can resume these API requests after 5 seconds.")).toEqual({
      code: "rate_limited",
      retryAfterMs: 5000,
    });
  });

  test("a per-second limit that tells nothing is a second", () => {
    expect(limit({ "x-ratelimit-type": "QPS" }, "00:00")).toEqual({
      code: "rate_limited",
      retryAfterMs: 1000,
    });
  });
});

describe("an answer that never came", () => {
  const lost = (method: HttpMethod, sent: boolean, reason: NoAnswer["reason"] = "connection") =>
    toZoomError(call(method), { kind: "no_answer", sent, reason, detail: "ECONNRESET" }).code;

  test.each(["POST", "PATCH", "PUT", "DELETE"] as const)(
    "leaves the outcome of a %s open once it was sent",
    (method) => {
      expect(lost(method, true)).toBe("outcome_unknown");
      expect(lost(method, true, "timeout")).toBe("outcome_unknown");
      expect(lost(method, true, "too_large")).toBe("outcome_unknown");
    },
  );

  test("costs a GET nothing", () => {
    expect(lost("GET", true)).toBe("unavailable");
    expect(lost("GET", true, "timeout")).toBe("unavailable");
    expect(lost("GET", true, "too_large")).toBe("unexpected_answer");
  });

  test("has changed nothing if the request could not be sent", () => {
    for (const method of ["GET", "POST", "DELETE"] as const) expect(lost(method, false)).toBe("unavailable");
  });

  test("after a create whose answer cannot be read, the outcome is open too", () => {
    expect(unusableAnswer(call("POST"), answer(201), "empty").code).toBe("outcome_unknown");
    expect(unusableAnswer(call("GET"), answer(200), "empty").code).toBe("unexpected_answer");
  });
});

describe("messages", () => {
  test("hold no secret that Zoom repeats", () => {
    const secrets = ["s3cr3t-pass"];
    const jwt = "eyJhbGciOiJIUzUxMiJ9.eyJpc3MiOiJodHRwczovL3pvb20udXMifQ.c2lnbmF0dXJlc2lnbmF0dXJl";
    const text = cleanText(
      `Bearer abc.def, ${jwt}, access_token=abcd1234, https://us02web.zoom.us/s/123?zak=verysecret ` +
        `https://user:pw@zoom.us/j/1?pwd=hidden <b>"password"</b> s3cr3t-pass`,
      secrets,
    );
    for (const secret of [
      "abc.def",
      "eyJ",
      "abcd1234",
      "verysecret",
      "/s/123",
      "hidden",
      "s3cr3t-pass",
      "pw@",
      "<b>",
    ]) {
      expect(text).not.toContain(secret);
    }
    expect(text).toContain("https://us02web.zoom.us/");
  });

  test("are one bounded line", () => {
    const text = cleanText(`a\u0000b\r\nc\u2028d ${"word ".repeat(1000)}`);
    expect(text).toMatch(/^a b c d word/);
    expect(text.length).toBeLessThanOrEqual(300);
    expect(text).not.toMatch(/[\r\n\u2028]/);
  });

  test("take no long time for hostile text", () => {
    const startedMs = performance.now();
    for (const hostile of [
      "<".repeat(100_000),
      "a:".repeat(50_000),
      `${"x".repeat(100_000)}://`,
      "token=".repeat(20_000),
    ]) {
      cleanText(hostile);
    }
    expect(performance.now() - startedMs).toBeLessThan(1000);
  });

  test("leave out the query of the path", () => {
    const error = toZoomError(
      call("GET", "/users/me/meetings?next_page_token=abc"),
      answer(404, { code: 3001, message: "x" }),
    );
    expect(error.path).toBe("/users/me/meetings");
    expect(error.message).not.toContain("abc");
  });
});

describe("the token endpoint's refusals", () => {
  const token = (status: number, body: unknown) =>
    toTokenError(call("POST", "/oauth/token"), answer(status, body));

  test.each([
    [
      400,
      { reason: "Invalid client_id or client_secret", error: "invalid_client" },
      "client_id",
      "client id",
    ],
    [
      401,
      { reason: "Invalid client_id or client_secret", error: "invalid_client" },
      "client_id",
      "client id",
    ],
    [400, { reason: "Bad Request", error: "invalid_request" }, "account_id", "account id"],
    [
      400,
      { reason: "unsupported grant type", error: "unsupported_grant_type" },
      "client_id",
      "another kind of Zoom app",
    ],
    [404, { reason: "The application is disabled", error: "invalid_client" }, undefined, "disabled"],
    [400, { code: 4717, message: "The app has been disabled" }, undefined, "disabled"],
    [400, { reason: "Invalid Token!", error: "invalid_grant" }, "refresh_token", "no longer accepts"],
    [401, { reason: "Invalid Token!", error: "invalid_request" }, "refresh_token", "no longer accepts"],
    [400, { error: "invalid_grant" }, "refresh_token", "no longer accepts"],
    [401, { code: 4741, message: "The token has been revoked." }, "refresh_token", "no longer accepts"],
    [400, { reason: "Invalid authorization code", error: "invalid_grant" }, "code", "was used already"],
    [
      400,
      { code: 4709, message: "Redirect URI mismatch." },
      "redirect_uri",
      "the address that people come back to",
    ],
    [400, { reason: "something new", error: "new_error" }, undefined, "gave no access token"],
  ] as const)("%i %j names what to correct", (status, body, field, words) => {
    const error = token(status, body);
    expect(error).toMatchObject({ code: "authentication", status, retryable: false });
    expect(error.field).toBe(field);
    expect(error.message).toContain(words);
    expect(error.advice).toBeTruthy();
  });

  test("outages and limits are no refusals, and never leave an outcome open", () => {
    expect(token(500, "").code).toBe("unavailable");
    expect(token(429, { code: 429, message: "slow down" }).code).toBe("rate_limited");
    expect(token(404, "<html></html>").code).toBe("unexpected_answer");
    const lost = toTokenError(call("POST", "/oauth/token"), {
      kind: "no_answer",
      sent: true,
      reason: "timeout",
      detail: "timeout",
    });
    expect(lost.code).toBe("unavailable");
  });
});
