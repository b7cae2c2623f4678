import { describe, expect, test } from "@jest/globals";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { z } from "zod";
import type { ResponseNote } from "../../zoom/client.ts";
import { createZoomClient, nothing, withSignal } from "../../zoom/client.ts";
import { ZoomError } from "../../zoom/errors.ts";
import { meetingSegment, path, uuidSegment } from "../../zoom/paths.ts";
import type { TokenSource } from "../../zoom/tokens.ts";
import { clientOf, failureOf, fixedToken, later, startServer, testHttp, theToken } from "./support.ts";

const anything = { operation: "test", answer: z.unknown() };
const change = { operation: "test", answer: nothing, body: { topic: "Bridge", password: "pass-1234" } };
const here = path`/meetings/${"85746065432"}`;

describe("a call", () => {
  test("carries the token in its header only, its body as JSON and its query encoded", async () => {
    const { zoom, server } = await clientOf(() => ({ status: 201, json: { id: 1 } }));
    const answer = await zoom.post(path`/users/${"host1@example.com"}/meetings`, {
      operation: "createMeeting",
      answer: z.object({ id: z.number() }),
      query: { next_page_token: "a/b+c=", page_size: 300, left_out: undefined },
      body: { topic: "会議 — bridge" },
    });
    expect(answer).toEqual({ id: 1 });
    const [seen] = server.seen;
    expect(seen).toMatchObject({ method: "POST", path: "/v2/users/host1@example.com/meetings" });
    expect(seen?.headers.authorization).toBe(`Bearer ${theToken}`);
    expect(seen?.headers["content-type"]).toBe("application/json");
    expect(seen?.query).toEqual({ next_page_token: "a/b+c=", page_size: "300" });
    expect(seen?.rawUrl).not.toContain(theToken);
    expect(JSON.parse(seen?.body ?? "")).toEqual({ topic: "会議 — bridge" });
  });

  test("takes an empty 204 for done", async () => {
    const { zoom, server } = await clientOf(() => ({ status: 204 }));
    await expect(zoom.patch(here, change)).resolves.toBeUndefined();
    await expect(zoom.put(here, change)).resolves.toBeUndefined();
    await expect(zoom.delete(here, { operation: "test", answer: nothing })).resolves.toBeUndefined();
    expect(server.seen.map(({ method }) => method)).toEqual(["PATCH", "PUT", "DELETE"]);
    expect(server.seen[2]?.headers["content-type"]).toBeUndefined();
  });

  test("fails on an error inside an answer of success", async () => {
    const { zoom } = await clientOf(() => ({
      json: { code: 200, message: "You do not have the right permissions." },
    }));
    expect(await failureOf(zoom.get(here, anything))).toMatchObject({
      code: "permission",
      status: 200,
      zoomCode: 200,
    });
    expect(await failureOf(zoom.put(here, change))).toMatchObject({ code: "permission" });
  });

  test("does not take a page of HTML for an answer", async () => {
    const { zoom } = await clientOf(() => ({
      headers: { "content-type": "text/html" },
      text: "<html>Welcome</html>",
    }));
    expect((await failureOf(zoom.get(here, anything))).code).toBe("unexpected_answer");
    expect((await failureOf(zoom.delete(here, change))).code).toBe("unexpected_answer");
    expect((await failureOf(zoom.post(here, change))).code).toBe("outcome_unknown");
  });

  test("names the fields that an answer lacks, and none of its values", async () => {
    const { zoom } = await clientOf(() => ({ json: { id: 5, password: "hunter2" } }));
    const error = await failureOf(
      zoom.get(here, {
        operation: "test",
        answer: z.object({ id: z.number(), join_url: z.string(), password: z.number() }),
      }),
    );
    expect(error.message).toContain('it has no readable "join_url", "password"');
    expect(error.message).not.toContain("hunter2");
  });

  test("does not follow redirects, which would carry the token away", async () => {
    const elsewhere = await startServer(() => ({ json: {} }));
    const { zoom } = await clientOf(() => ({ status: 302, headers: { location: elsewhere.url } }));
    expect(await failureOf(zoom.get(here, anything))).toMatchObject({
      code: "unexpected_answer",
      status: 302,
    });
    expect(elsewhere.seen).toHaveLength(0);
  });

  test("reads no more than its bound", async () => {
    const http = testHttp({ maxAnswerBytes: 10_000 });
    const { zoom } = await clientOf(() => ({ json: { text: "x".repeat(20_000) } }), { http });
    expect(await failureOf(zoom.get(here, anything))).toMatchObject({ code: "unexpected_answer" });
    expect(await failureOf(zoom.post(here, change))).toMatchObject({ code: "outcome_unknown" });
  });

  test("reuses its connection", async () => {
    const { zoom, server } = await clientOf(() => ({ json: {} }));
    for (let round = 0; round < 5; round += 1) await zoom.get(here, anything);
    expect(server.seen).toHaveLength(5);
    expect(server.sockets.size).toBe(1);
  });

  test("opens no more connections than allowed", async () => {
    const http = testHttp({ maxSockets: 3 });
    const { zoom, server } = await clientOf(
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return { json: {} };
      },
      { http },
    );
    await Promise.all(Array.from({ length: 30 }, () => zoom.get(here, anything)));
    expect(server.sockets.size).toBe(3);
  });

  test("tells what happened on the wire without saying to whom", async () => {
    const notes: ResponseNote[] = [];
    const { zoom } = await clientOf(
      (_seen, _response, index) =>
        index === 0
          ? { json: {}, headers: { "X-RateLimit-Category": "Light" } }
          : { status: 404, json: { code: 3001, message: "Meeting does not exist." } },
      { onResponse: (note) => notes.push(note) },
    );
    await zoom.get(here, { ...anything, operation: "getMeeting" });
    await failureOf(zoom.get(here, { ...anything, operation: "getMeeting" }));
    expect(notes).toEqual([
      {
        operation: "getMeeting",
        method: "GET",
        status: 200,
        durationMs: expect.any(Number),
        category: "light",
        failure: undefined,
      },
      {
        operation: "getMeeting",
        method: "GET",
        status: 404,
        durationMs: expect.any(Number),
        category: undefined,
        failure: "not_found",
      },
    ]);
  });
});

describe("a refused token", () => {
  const changing = (values: string[]): TokenSource & { invalidated: string[] } => {
    const invalidated: string[] = [];
    return {
      invalidated,
      accessToken: () => Promise.resolve(values[Math.min(invalidated.length, values.length - 1)] ?? ""),
      invalidate: (token) => void invalidated.push(token),
      scopes: () => undefined,
    };
  };
  const refusal = { status: 401, json: { code: 124, message: "Access token is expired." } };

  test.each([
    ["401 with code 124", refusal],
    ["400 with code 124", { status: 400, json: refusal.json }],
    ["200 with code 124", { status: 200, json: refusal.json }],
    ["401 with nothing", { status: 401 }],
    ["401 with code 4700", { status: 401, json: { code: 4700, message: "Invalid Access Token" } }],
  ])("is renewed once, and the call repeated: %s", async (_name, first) => {
    const tokens = changing(["old-token", "new-token"]);
    const { zoom, server } = await clientOf(
      (_seen, _response, index) => (index === 0 ? first : { status: 204 }),
      { tokens },
    );
    await zoom.patch(here, change);
    expect(tokens.invalidated).toEqual(["old-token"]);
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer old-token",
      "Bearer new-token",
    ]);
    expect(server.seen[1]?.body).toBe(server.seen[0]?.body);
  });

  test("is renewed no second time", async () => {
    const tokens = changing(["a-token", "b-token", "c-token"]);
    const { zoom, server } = await clientOf(() => refusal, { tokens });
    expect(await failureOf(zoom.get(here, anything))).toMatchObject({
      code: "authentication",
      zoomCode: 124,
      retryable: false,
    });
    expect(server.seen).toHaveLength(2);
    expect(tokens.invalidated).toEqual(["a-token"]);
  });

  test("that another process renewed may be over too, and is renewed", async () => {
    const tokens = {
      ...changing(["a-token", "b-token", "c-token"]),
      isAdopted: (token: string) => token === "b-token",
    };
    const { zoom, server } = await clientOf(
      (_seen, _response, index) => (index < 2 ? refusal : { status: 204 }),
      { tokens },
    );
    await zoom.patch(here, change);
    expect(server.seen).toHaveLength(3);
    expect(tokens.invalidated).toEqual(["a-token", "b-token"]);
  });

  test("is not tried again if there is no other", async () => {
    const { zoom, server } = await clientOf(() => refusal);
    expect((await failureOf(zoom.get(here, anything))).code).toBe("authentication");
    expect(server.seen).toHaveLength(1);
  });

  test("is not renewed for what a new one would not change", async () => {
    const tokens = changing(["a-token", "b-token"]);
    const refused = { status: 401, json: { code: 1010, message: "User does not belong to this account." } };
    const { zoom, server } = await clientOf(() => refused, { tokens });
    expect((await failureOf(zoom.get(here, anything))).code).toBe("not_found");
    expect(server.seen).toHaveLength(1);
  });

  test("that lacks a scope is renewed once: it may be older than the grant", async () => {
    const tokens = changing(["a-token", "b-token"]);
    const lacking = { status: 400, json: { code: 4711, message: "does not contain scopes:[user:read]." } };
    const { zoom, server } = await clientOf(
      (_seen, _response, index) => (index === 0 ? lacking : { status: 204 }),
      { tokens },
    );
    await zoom.patch(here, change);
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer a-token",
      "Bearer b-token",
    ]);
  });

  test("nothing else is repeated", async () => {
    for (const status of [400, 404, 429, 500, 503]) {
      const { zoom, server } = await clientOf(() => ({ status, json: { code: 300, message: "no" } }));
      await failureOf(zoom.get(here, anything));
      expect(server.seen).toHaveLength(1);
    }
  });
});

describe("an answer that does not come", () => {
  test("in time is unavailable for a read and open for a change", async () => {
    const { zoom, server } = await clientOf(() => undefined, { timeoutMs: 100 });
    expect(await failureOf(zoom.get(here, anything))).toMatchObject({ code: "unavailable", retryable: true });
    expect(await failureOf(zoom.post(here, change))).toMatchObject({
      code: "outcome_unknown",
      retryable: true,
    });
    expect(await failureOf(zoom.delete(here, change))).toMatchObject({ code: "outcome_unknown" });
    expect(server.seen).toHaveLength(3);
  });

  test("is late however slowly it drips", async () => {
    const { zoom } = await clientOf(
      (_seen, response) => {
        response.writeHead(200, { "content-type": "application/json" });
        const drip = setInterval(() => response.write(" "), 20);
        response.once("close", () => clearInterval(drip));
      },
      { timeoutMs: 200 },
    );
    const startedMs = performance.now();
    expect((await failureOf(zoom.get(here, anything))).code).toBe("unavailable");
    expect(performance.now() - startedMs).toBeLessThan(1500);
  });

  test("because nobody listens left nothing behind", async () => {
    const server = await startServer(() => undefined);
    await new Promise<void>((resolve) => server.server.close(() => resolve()));
    const zoom = createZoomClient({ apiUrl: server.url, tokens: fixedToken(), http: testHttp() });
    const error = await failureOf(zoom.post(here, change));
    expect(error.code).toBe("unavailable");
    expect(error.message).toContain("ECONNREFUSED");
  });

  test("because the name is unknown left nothing behind", async () => {
    const zoom = createZoomClient({
      apiUrl: "http://zoom.invalid/v2",
      tokens: fixedToken(),
      http: testHttp(),
    });
    expect((await failureOf(zoom.post(here, change))).code).toBe("unavailable");
  });

  test("because TLS failed left nothing behind", async () => {
    const { server } = await clientOf(() => ({ status: 204 }));
    const zoom = createZoomClient({
      apiUrl: server.url.replace("http:", "https:"),
      tokens: fixedToken(),
      http: testHttp(),
    });
    expect((await failureOf(zoom.post(here, change))).code).toBe("unavailable");
    expect(server.seen).toHaveLength(0);
  });

  test("because TLS never got done left nothing behind", async () => {
    const silent = createServer((socket) => later(() => void socket.destroy()));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    later(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    const zoom = createZoomClient({
      apiUrl: `https://127.0.0.1:${port}`,
      tokens: fixedToken(),
      http: testHttp(),
      timeoutMs: 150,
    });
    expect(await failureOf(zoom.post(here, change))).toMatchObject({ code: "unavailable" });
  });

  test("because every connection was busy left nothing behind", async () => {
    const { zoom } = await clientOf(() => undefined, { http: testHttp({ maxSockets: 1 }), timeoutMs: 300 });
    const first = failureOf(zoom.post(here, change));
    const second = failureOf(zoom.post(here, { ...change, timeoutMs: 100 }));
    expect((await second).code).toBe("unavailable");
    expect((await first).code).toBe("outcome_unknown");
  });

  test("because the connection was reset is open for a change", async () => {
    const { zoom } = await clientOf((seen) => void seen.socket.resetAndDestroy());
    expect((await failureOf(zoom.get(here, anything))).code).toBe("unavailable");
    const error = await failureOf(zoom.post(here, change));
    expect(error.code).toBe("outcome_unknown");
    expect(error.message).toContain("ECONNRESET");
  });

  test("because it broke off in the middle is open for a change", async () => {
    const { zoom } = await clientOf((seen, response) => {
      response.writeHead(201, { "content-type": "application/json", "content-length": "1000" });
      response.write('{"id": 1');
      setTimeout(() => seen.socket.destroy(), 20);
    });
    expect((await failureOf(zoom.post(here, change))).code).toBe("outcome_unknown");
    expect((await failureOf(zoom.get(here, anything))).code).toBe("unavailable");
  });

  test("because the caller gave up throws what the caller said", async () => {
    const { zoom } = await clientOf(() => undefined);
    const reason = new Error("cancelled");
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 50);
    await expect(zoom.post(here, { ...change, signal: controller.signal })).rejects.toBe(reason);
    await expect(withSignal(zoom, controller.signal).get(here, anything)).rejects.toBe(reason);
  });
});

describe("an error", () => {
  test("holds no secret, however it is looked at", async () => {
    const echo = `token ${theToken} and pass-1234 for https://zoom.us/s/1?zak=zakzakzak`;
    for (const reply of [
      { status: 400, json: { code: 300, message: echo, errors: [{ field: "password", message: echo }] } },
      { status: 500, text: echo },
      undefined,
    ]) {
      const { zoom } = await clientOf((seen) => reply ?? void seen.socket.resetAndDestroy());
      const error = await failureOf(zoom.post(here, change));
      expect(error).toBeInstanceOf(ZoomError);
      expect(error.cause).toBeUndefined();
      const shown = `${inspect(error, { depth: 20, showHidden: true })} ${JSON.stringify(error)} ${String(error.stack)} ${error.message}`;
      for (const secret of [theToken, "pass-1234", "zakzakzak"]) expect(shown).not.toContain(secret);
    }
  });
});

describe("a path", () => {
  test("takes its values as one segment each", () => {
    expect(path`/users/${"host+1@example.com"}/meetings`).toBe("/users/host%2B1@example.com/meetings");
    expect(path`/meetings/${"1/../../users?x=#"}`).toBe("/meetings/1%2F..%2F..%2Fusers%3Fx%3D%23");
    expect(path`/users`).toBe("/users");
    expect(path`/meetings/${85746065432}/status`).toBe("/meetings/85746065432/status");
  });

  test.each(["", " ", ".", "..", "\ud800"])("refuses %j, which would lead elsewhere", (segment) => {
    expect(() => path`/meetings/${segment}/status`).toThrow(ZoomError);
    expect(() => uuidSegment(segment)).toThrow(ZoomError);
  });

  test.each([
    ["4444AAAiAAAAAiAiAiiAii==", "4444AAAiAAAAAiAiAiiAii%3D%3D"],
    ["de+IDqR9f3hhT9D8/NA/J1==", "de%2BIDqR9f3hhT9D8%2FNA%2FJ1%3D%3D"],
    ["/ajXp112QmuoKj4854875==", "%252FajXp112QmuoKj4854875%253D%253D"],
    ["ab//cd==", "ab%252F%252Fcd%253D%253D"],
  ])("encodes the UUID %s as Zoom wants it", (uuid, encoded) => {
    expect(uuidSegment(uuid)).toEqual({ encoded });
    expect(path`/past_meetings/${uuidSegment(uuid)}/participants`).toBe(
      `/past_meetings/${encoded}/participants`,
    );
    expect(meetingSegment(uuid)).toEqual({ encoded });
  });

  test("reaches the server as it was encoded", async () => {
    const { zoom, server } = await clientOf(() => ({ json: {} }));
    await zoom.get(path`/past_meetings/${uuidSegment("/a//b+==")}`, anything);
    expect(server.seen[0]?.path).toBe("/v2/past_meetings/%252Fa%252F%252Fb%252B%253D%253D");
  });

  test("of a meeting's id is the id", () => {
    expect(meetingSegment("85746065432")).toEqual({ encoded: "85746065432" });
  });
});
