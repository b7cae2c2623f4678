import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Payload } from "@temporalio/common";
import { defaultPayloadConverter } from "@temporalio/common";
import { createHistoryCodec } from "../../client/historyCodec.ts";
import { keysFrom } from "../../connectors/keys.ts";
import { createVault } from "../../connectors/vault.ts";
import type { TestGateway } from "./startGateway.ts";
import { bearer, startGateway } from "./startGateway.ts";

const key = (letter: string): string => Buffer.alloc(32, letter).toString("base64");
const old = keysFrom(`old:${key("o")}`);
const both = keysFrom(`new:${key("n")},old:${key("o")}`);

const ui = "http://temporal.test";
const canary = { responder: "canary@example.com" };

const plain = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);

/** As protobuf writes a payload in JSON. */
const json = ({ metadata, data }: Payload) => ({
  metadata: Object.fromEntries(
    Object.entries(metadata ?? {}).map(([name, bytes]) => [name, Buffer.from(bytes).toString("base64")]),
  ),
  data: Buffer.from(data ?? []).toString("base64"),
});

const encrypted = async (value: unknown, keys = both): Promise<Payload> => {
  const [payload] = await createHistoryCodec(keys).encode([plain(value)]);
  return payload!;
};

let gateway: TestGateway;
/** Has no key, and knows no UI. */
let bare: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ historyCodec: createHistoryCodec(both) });
  bare = await startGateway({ links: { publicUrl: "http://gateway.test" } });
});
afterAll(() => Promise.all([gateway.close(), bare.close()]));

type Asked = { headers?: Record<string, string>; to?: TestGateway };

const ask = (
  direction: string,
  payloads: unknown,
  { headers = bearer("responder"), to = gateway }: Asked = {},
) => to.inject({ method: "POST", url: `/codec/${direction}`, headers, payload: { payloads } });

describe("An encrypted payload", () => {
  test("shows nothing of what is in it, and is another one each time", async () => {
    const [one, other] = [await encrypted(canary), await encrypted(canary)];
    expect(Buffer.concat(Object.values(one.metadata ?? {})).toString()).toBe("binary/encryptednew");
    expect(Buffer.from(one.data!).toString("latin1")).not.toMatch(/canary|json/);
    expect(one.data).not.toEqual(other.data);
  });

  test("opens with an older key, and what was never encrypted stays as it is", async () => {
    const payloads = [await encrypted(canary, old), plain("plain"), await encrypted(canary)];
    const decoded = await createHistoryCodec(both).decode(payloads);
    expect(decoded.map((each) => defaultPayloadConverter.fromPayload(each))).toEqual([
      canary,
      "plain",
      canary,
    ]);
  });

  test("is still read when nothing is encrypted any more", async () => {
    const codec = createHistoryCodec(both, { encrypts: false });
    expect(await codec.encode([plain(1)])).toEqual([plain(1)]);
    const [decoded] = await codec.decode([await encrypted(canary)]);
    expect(defaultPayloadConverter.fromPayload(decoded!)).toEqual(canary);
  });

  test("is encrypted with no key that seals a connector's secrets", async () => {
    const sealed = await createVault(both).seal("zoom-1", { clientSecret: "canary" });
    const [header, , nonce, text, tag] = sealed.split(".").map((part) => Buffer.from(part, "base64url"));
    expect(JSON.parse(String(header))).toMatchObject({ kid: "new" });
    const { metadata } = await encrypted(canary);
    const disguised = { metadata: metadata!, data: Buffer.concat([nonce!, text!, tag!]) };
    expect((await ask("decode", [json(disguised)])).statusCode).toBe(409);
  });
});

describe("The codec server", () => {
  test("decrypts and encrypts in order for responders", async () => {
    const given = [json(plain(canary)), json(plain(null))];
    const there = await ask("encode", given);
    expect(there.body).not.toContain(given[0]!.data);
    const back = await ask("decode", [...there.json().payloads, given[0]]);
    expect(back.json()).toEqual({ payloads: [...given, given[0]] });
  });

  test.each([
    ["nobody", {}, 401],
    ["a wrong key", { authorization: "Bearer wrong-key-0123456789" }, 401],
    ["a viewer", bearer("viewer"), 403],
  ])("does neither for %s", async (_who, headers, status) => {
    for (const direction of ["encode", "decode"]) {
      const answer = await ask(direction, [json(await encrypted(canary))], { headers });
      expect(answer.statusCode).toBe(status);
    }
  });

  test("says which key is missing, or that something was changed", async () => {
    const lost = await ask("decode", [json(await encrypted(canary, keysFrom(`lost:${key("l")}`)))]);
    expect(lost.statusCode).toBe(409);
    expect(lost.json().detail).toContain('the key "lost", which ENCRYPTION_KEYS does not hold');
    const other = await ask("decode", [json(await encrypted(canary, keysFrom(`new:${key("x")}`)))]);
    expect(other.json().detail).toContain("another key under that id");
    const { metadata } = await encrypted(canary);
    const short = await ask("decode", [json({ metadata: metadata!, data: Buffer.from("short") })]);
    expect(short.json().detail).toContain("was changed");
  });

  test.each([
    ["no list", "payloads", 400],
    ["a payload that is no base64", [{ data: "?" }], 400],
    ["a body of more than 16 MB", [{ data: "A".repeat(16 * 1024 * 1024) }], 413],
    ["too many payloads", Array.from({ length: 10_001 }, () => ({})), 400],
  ])("refuses %s", async (_what, payloads, status) => {
    expect((await ask("decode", payloads)).statusCode).toBe(status);
  });

  test("takes the largest payload that Temporal does", async () => {
    const payload = await encrypted("x".repeat(2 * 1024 * 1024));
    expect((await ask("decode", [json(payload)])).statusCode).toBe(200);
  });

  test("takes nothing at all, which the command line has encrypted for a query without arguments", async () => {
    expect((await ask("encode", undefined)).json()).toEqual({ payloads: [] });
  });

  test("without a key says what to set", async () => {
    const answer = await ask("decode", [json(plain(1))], { to: bare });
    expect(answer.json().detail).toContain("set ENCRYPTION_KEYS");
  });
});

describe("A browser", () => {
  const asked = (origin: string) =>
    ask("decode", [json(plain(1))], { headers: { ...bearer("responder"), origin } });
  const allowed = "access-control-allow-origin";

  test("may read the answer on a page of Temporal's UI, a refusal too", async () => {
    expect((await asked(ui)).headers).toMatchObject({
      [allowed]: ui,
      vary: expect.stringMatching(/origin/i),
    });
    const refused = await ask("decode", [], { headers: { origin: ui } });
    expect(refused).toMatchObject({ statusCode: 401, headers: { [allowed]: ui } });
    const preflight = await gateway.inject({
      method: "OPTIONS",
      url: "/codec/decode",
      headers: { origin: ui, "access-control-request-method": "POST" },
    });
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers["access-control-allow-headers"]).toContain("authorization");
  });

  test.each(["http://evil.test", "http://temporal.test.evil.test", "https://temporal.test", "null"])(
    "may not on a page of %s",
    async (origin) => {
      expect((await asked(origin)).headers[allowed]).toBeUndefined();
    },
  );

  test("may not on any page where Temporal's UI is not known, nor at other routes", async () => {
    const there = await ask("decode", [], { headers: { ...bearer("responder"), origin: ui }, to: bare });
    expect(there.headers[allowed]).toBeUndefined();
    const other = await gateway.inject({
      url: "/api/incidents",
      headers: { ...bearer("viewer"), origin: ui },
    });
    expect(other.headers[allowed]).toBeUndefined();
  });
});
