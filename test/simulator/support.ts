import { afterAll, beforeAll, beforeEach } from "@jest/globals";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { startSimulator } from "../support/simulator.ts";
import type { Simulator, SimulatorOptions } from "../../simulator/app.ts";

/** What came over the wire: the tests say what they expect of it. */
type Parsed = ReturnType<typeof JSON.parse>;
export type Json = Record<string, Parsed>;

export type Reply = { status: number; headers: Headers; body: Json };

export const BASIC = `Basic ${Buffer.from("sim-client:sim-secret").toString("base64")}`;
export const GRANT = { grant_type: "account_credentials", account_id: "sim-account" };

/** A simulator for the tests of one file, reset before each, and what they say to it over HTTP. */
export function useSimulator(options: SimulatorOptions = {}) {
  let simulator: Simulator;
  let token: string | undefined;

  beforeAll(async () => {
    simulator = await startSimulator(options);
  });
  beforeEach(async () => {
    token = undefined;
    await sim("POST", "/reset");
  });
  afterAll(() => simulator.close());

  const send = async (method: string, path: string, init: RequestInit): Promise<Reply> => {
    const response = await fetch(simulator.url + path, { method, ...init });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") === true;
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : { text } };
  };

  const oauth = (form: Record<string, string>, authorization = BASIC) =>
    send("POST", "/oauth/token", { headers: { authorization }, body: new URLSearchParams(form) });

  const newToken = async (): Promise<string> => (await oauth(GRANT)).body.access_token;

  const call = async (method: string, path: string, body?: unknown, bearer?: string): Promise<Reply> => {
    const used = bearer ?? (token ??= await newToken());
    return send(method, `/v2${path}`, {
      headers: { authorization: `Bearer ${used}`, "content-type": "application/json" },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  };

  const sim = async (method: string, path: string, body?: unknown): Promise<Reply> =>
    send(method, `/_sim${path}`, body === undefined ? {} : { body: JSON.stringify(body) });

  return {
    url: () => simulator.url,
    send,
    oauth,
    newToken,
    call,
    sim,
    meeting: async (wish: Json = {}, host = "host1@example.com"): Promise<Json> =>
      (await call("POST", `/users/${host}/meetings`, wish)).body,
    /** The token that calls use unasked is a fresh one afterwards. */
    advance: (advanceMs: number) => {
      token = undefined;
      return sim("POST", "/clock", { advanceMs });
    },
    join: async (id: number, name: string, more: Json = {}): Promise<Json> =>
      (await sim("POST", `/meetings/${id}/join`, { name, ...more })).body,
    end: async (id: number): Promise<Json> => (await sim("POST", `/meetings/${id}/end`)).body,
  };
}

export type Received = { headers: IncomingHttpHeaders; raw: string; body: Json };

/** A subscriber that answers Zoom's handshake, and otherwise as told. */
export function useReceiver(secretToken = "sim-webhook-secret") {
  const received: Received[] = [];
  let answer: (event: string) => number | "silence" = () => 204;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const raw = Buffer.concat(chunks).toString();
      const body = JSON.parse(raw) as Json;
      if (body.event === "endpoint.url_validation") {
        const { plainToken } = body.payload;
        const encryptedToken = createHmac("sha256", secretToken).update(plainToken).digest("hex");
        response
          .setHeader("content-type", "application/json")
          .end(JSON.stringify({ plainToken, encryptedToken }));
        return;
      }
      received.push({ headers: request.headers, raw, body });
      const status = answer(body.event);
      if (status !== "silence") response.writeHead(status).end();
    });
  });

  beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  beforeEach(() => {
    received.length = 0;
    answer = () => 204;
  });
  afterAll(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });

  return {
    received,
    url: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/zoom`,
    answerWith: (rule: typeof answer) => {
      answer = rule;
    },
    events: () => received.map(({ body }) => body.event as string),
    arrived: (count: number) => eventually(() => received.length >= count),
  };
}

export async function eventually(isTrue: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<void> {
  const giveUpAt = Date.now() + withinMs;
  while (!(await isTrue())) {
    if (Date.now() > giveUpAt) throw new Error("It never became true.");
    await pause(10);
  }
}

export const pause = (durationMs: number) => new Promise((resolve) => setTimeout(resolve, durationMs));

/** As Zoom wants UUIDs in paths: twice only when once would not do. */
export const inPath = (uuid: string): string =>
  uuid.startsWith("/") || uuid.includes("//")
    ? encodeURIComponent(encodeURIComponent(uuid))
    : encodeURIComponent(uuid);
