import { describe, expect, test } from "@jest/globals";
import { openDownload } from "../../zoom/downloads.ts";
import { failureOf, startServer, theToken } from "./support.ts";

const text = async (url: string, options = {}): Promise<string> => {
  const { body } = await openDownload(url, theToken, options);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

const video = { "content-type": "video/mp4" };

describe("a download", () => {
  test("shows its token to the host that Zoom named, and to no other that this one leads to", async () => {
    const files = await startServer(() => ({ headers: video, text: "film" }));
    const zoom = await startServer(({ path }) =>
      path === "/rec/download/1"
        ? { status: 302, headers: { location: "/rec/download/2" } }
        : { status: 302, headers: { location: `${files.url}/film?ticket=t` } },
    );
    expect(await text(`${zoom.url}/rec/download/1`)).toBe("film");
    expect(zoom.seen.map(({ headers }) => headers.authorization)).toEqual([
      `Bearer ${theToken}`,
      `Bearer ${theToken}`,
    ]);
    expect(files.seen.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  test("tells its size and type before its bytes", async () => {
    const { url } = await startServer(() => ({ headers: { ...video, "content-length": "4" }, text: "film" }));
    const { bytes, contentType, body } = await openDownload(url, theToken);
    expect([bytes, contentType]).toEqual([4, "video/mp4"]);
    for await (const _chunk of body) break;
  });

  test.each([
    ["http://zoom.example/rec/download/1", /without TLS/],
    ["ftp://127.0.0.1/rec", /without TLS/],
  ])("sends no token to %s", async (url, message) => {
    const error = await failureOf(openDownload(url, theToken));
    expect([error.code, message.test(error.message)]).toEqual(["unexpected_answer", true]);
  });

  test("does not follow redirects for ever, nor to an address without TLS", async () => {
    const endless = await startServer(() => ({ status: 302, headers: { location: "/again" } }));
    expect((await failureOf(openDownload(endless.url, theToken))).code).toBe("unexpected_answer");
    expect(endless.seen.length).toBeLessThan(10);
    const plain = await startServer(() => ({
      status: 302,
      headers: { location: "http://files.example/film" },
    }));
    expect((await failureOf(openDownload(plain.url, theToken))).message).toMatch(/without TLS/);
  });

  test.each([
    [401, "permission"],
    [403, "permission"],
    [404, "not_found"],
    [429, "rate_limited"],
    [503, "unavailable"],
    [418, "unexpected_answer"],
  ])("an answer of %i is %s", async (status, code) => {
    const { url } = await startServer(() => ({ status, headers: { "retry-after": "7" }, text: "no" }));
    const error = await failureOf(openDownload(url, theToken));
    expect([error.code, error.retryAfterMs]).toEqual([code, 7000]);
  });

  test("a page in place of a file is a refusal", async () => {
    const { url } = await startServer(() => ({
      headers: { "content-type": "text/html" },
      text: "<p>Only the host",
    }));
    expect((await failureOf(openDownload(url, theToken))).code).toBe("permission");
  });

  test("that breaks off in the middle says so, without address or token", async () => {
    const { url } = await startServer((_seen, response) => {
      response.writeHead(200, { ...video, "content-length": "1000" });
      response.write("half", () => response.destroy());
    });
    const error = await failureOf(text(`${url}/rec/download/secret-path`));
    expect([error.name, error.code]).toEqual(["ZoomError", "unavailable"]);
    expect(JSON.stringify(error) + error.message + error.stack).not.toMatch(/secret-path|test-access-token/);
  });

  test("that falls silent is given up, before the answer and within it", async () => {
    const silent = await startServer(() => undefined);
    const idle = { idleMs: 100 };
    expect((await failureOf(openDownload(silent.url, theToken, idle))).message).toMatch(/fell silent/);
    const stuck = await startServer((_seen, response) => {
      response.writeHead(200, { ...video, "content-length": "1000" });
      response.write("half");
    });
    expect((await failureOf(text(stuck.url, idle))).message).toMatch(/fell silent/);
  });

  test("is patient with a slow reader", async () => {
    const { url } = await startServer(() => ({ headers: video, text: "x".repeat(1_000_000) }));
    const { body } = await openDownload(url, theToken, { idleMs: 200 });
    let count = 0;
    for await (const chunk of body) {
      if (count === 0) await new Promise((resolve) => setTimeout(resolve, 400));
      count += chunk.byteLength;
    }
    expect(count).toBe(1_000_000);
  });

  test("ends with what its signal was aborted with", async () => {
    const { url } = await startServer((_seen, response) => {
      response.writeHead(200, video);
      response.write("half");
    });
    const controller = new AbortController();
    const reading = text(url, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error("the step was cancelled")), 50);
    await expect(reading).rejects.toThrow("the step was cancelled");
  });

  test("that is left early closes its connection", async () => {
    const server = await startServer((_seen, response) => {
      response.writeHead(200, video);
      const timer = setInterval(() => response.write("more"), 5);
      response.on("close", () => clearInterval(timer));
    });
    const { body } = await openDownload(server.url, theToken);
    for await (const _chunk of body) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([...server.sockets].every((socket) => socket.destroyed)).toBe(true);
  });
});
