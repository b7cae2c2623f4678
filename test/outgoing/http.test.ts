import { describe, expect, test } from "@jest/globals";
import type { LookupAddress } from "node:dns";
import { OutgoingError } from "../../outgoing/errors.ts";
import type { OutgoingOptions } from "../../outgoing/http.ts";
import { createOutgoingHttp } from "../../outgoing/http.ts";
import { startHttpSink } from "../support/httpSink.ts";

/** A DNS that answers what it is told, each time the next list; it keeps count. */
const dnsOf = (...answers: string[][]) => {
  const asked: string[] = [];
  const resolve: NonNullable<OutgoingOptions["resolve"]> = (host, _options, callback) => {
    const addresses = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(host);
    callback(
      null,
      addresses.map((address): LookupAddress => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  };
  return { asked, resolve };
};

const ask = async (
  url: string,
  { timeoutMs = 2000, ...options }: OutgoingOptions & { timeoutMs?: number } = {},
) => {
  const http = createOutgoingHttp(options);
  try {
    return await http.send({ method: "GET", url, headers: {}, timeoutMs });
  } catch (error) {
    if (error instanceof OutgoingError) return error;
    throw error;
  } finally {
    http.close();
  }
};

describe("HTTP to the outside", () => {
  test.each([
    "http://127.0.0.1:PORT/",
    "http://localhost:PORT/",
    "http://LOCALHOST:PORT/",
    "http://127.1:PORT/",
    "http://2130706433:PORT/",
    "http://0177.0.0.1:PORT/",
    "http://0x7f.0.0.1:PORT/",
    "http://0x7f000001:PORT/",
    "http://017700000001:PORT/",
    "http://127.0.0.1.:PORT/",
    "http://０x7f.1:PORT/",
    "http://①②⑦.⓪.⓪.①:PORT/",
    "http://%31%32%37.0.0.1:PORT/",
    "http://0.0.0.0:PORT/",
    "http://0:PORT/",
    "http://[::1]:PORT/",
    "http://[::]:PORT/",
    "http://[::ffff:127.0.0.1]:PORT/",
    "http://[::ffff:7f00:1]:PORT/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]:PORT/",
    "http://[64:ff9b::7f00:1]:PORT/",
  ])("does not reach this machine as %s", async (form) => {
    await using sink = await startHttpSink(undefined, "127.0.0.1");
    const refused = await ask(form.replace("PORT", String(sink.port)));
    expect(refused).toMatchObject({ code: "refused_address", retryable: false });
    expect(sink.requests).toHaveLength(0);
  });

  test.each(["http://ana:secret@8.8.8.8/", "ftp://8.8.8.8/", "file:///etc/passwd", "nonsense", "http://"])(
    "does not take %s",
    async (url) => {
      expect(await ask(url)).toMatchObject({ code: "invalid_input" });
    },
  );

  test("reaches what is allowed by its address, its network or its host", async () => {
    await using sink = await startHttpSink();
    const { resolve } = dnsOf(["127.0.0.1"]);
    expect(await ask(sink.url, { allow: ["127.0.0.1"] })).toMatchObject({ status: 200 });
    expect(await ask(sink.url, { allow: ["127.0.0.0/8"] })).toMatchObject({ status: 200 });
    const byName = `http://intranet.example.com:${sink.port}/`;
    expect(await ask(byName, { allow: ["intranet.example.com"], resolve })).toMatchObject({ status: 200 });
    expect(await ask(byName, { allow: ["other.example.com"], resolve })).toMatchObject({
      code: "refused_address",
    });
  });

  test("of a host's addresses takes only those that are allowed", async () => {
    await using inner = await startHttpSink();
    const url = `http://several.example.com:${inner.port}/`;
    const { resolve } = dnsOf(["127.0.0.1", "198.51.100.1"]);
    // Nobody has the other address, so without the check the connection would come in here.
    const answer = await ask(url, { allow: ["198.51.100.1"], resolve, timeoutMs: 500 });
    expect(answer).toMatchObject({ kind: "no_answer", sent: false });
    expect(inner.requests).toHaveLength(0);
    expect(await ask(url, { allow: ["127.0.0.1"], resolve })).toMatchObject({ text: "ok" });
  });

  test("connects to the address that was checked, wherever the name leads a moment later", async () => {
    await using sink = await startHttpSink();
    const { resolve, asked } = dnsOf(["127.0.0.1"], ["10.0.0.1"]);
    const http = createOutgoingHttp({ allow: ["127.0.0.1"], resolve });
    const url = `http://rebound.example.com:${sink.port}/`;
    const send = () =>
      http
        .send({ method: "GET", url, headers: { Connection: "close" }, timeoutMs: 2000 })
        .catch((error: OutgoingError) => error.code);
    expect(await send()).toMatchObject({ text: "ok" });
    expect(asked).toEqual(["rebound.example.com"]);
    // The name leads inside from now on, and a new connection is checked anew.
    expect(await send()).toBe("refused_address");
    expect(sink.requests).toHaveLength(1);
    http.close();
  });

  test("follows no redirect", async () => {
    await using sink = await startHttpSink(() => ({ status: 302, headers: { location: "/elsewhere" } }));
    expect(await ask(sink.url, { allow: ["127.0.0.1"] })).toMatchObject({ status: 302 });
    expect(sink.requests.map(({ path }) => path)).toEqual(["/"]);
  });

  test("reads no more of an answer than its limit", async () => {
    await using sink = await startHttpSink(() => ({ body: "x".repeat(2000) }));
    const options = { allow: ["127.0.0.1"], maxAnswerBytes: 1000 };
    expect(await ask(sink.url, options)).toMatchObject({ kind: "no_answer", reason: "too_large" });
  });

  test("uses no proxy of the environment, which would look up names by itself", async () => {
    await using proxy = await startHttpSink(() => ({ body: "proxied" }));
    const before = process.env["http_proxy"];
    process.env["http_proxy"] = proxy.url;
    try {
      const answer = await ask("http://name.example.com/", dnsOf([]));
      expect(answer).toMatchObject({ code: "refused_address" });
    } finally {
      if (before === undefined) delete process.env["http_proxy"];
      else process.env["http_proxy"] = before;
    }
    expect(proxy.requests).toHaveLength(0);
  });
});
