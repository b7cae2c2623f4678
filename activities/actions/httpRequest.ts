import { z } from "zod";
import { durationMs } from "../../domain/duration.ts";
import type { Json } from "../../domain/plan.ts";
import type { ActionContext } from "../action.ts";
import { defineAction } from "../action.ts";
import { durationField, secretField } from "../fields.ts";
import { exchangeOnce } from "../httpExchange.ts";
import { shownBody } from "../httpOutput.ts";
import { secretNamed } from "../secrets.ts";
import { shortHash } from "../deliverOnce.ts";

/** Visible signs, spaces and tabs: a line break would begin a new header. */
const headerText = z
  .string()
  .max(4000)
  .regex(/^[\t\x20-\x7E\x80-\xFF]*$/, "one line of text");

const headerValue = z.union([
  headerText,
  z.strictObject({
    secret: secretField,
    prefix: headerText.default("").meta({ title: "Before it", examples: ["Bearer "] }),
  }),
]);

/** What the connection itself says is not for a runbook to say: it decides where a request ends. */
const ofTheConnection =
  /^(host|connection|content-length|transfer-encoding|te|trailer|upgrade|expect|proxy-.*)$/i;

const problemWith = (name: string): string | undefined => {
  if (!/^[\w!#$%&'*+.^`|~-]{1,100}$/.test(name)) return "is no name of a header";
  return ofTheConnection.test(name) ? "must be left to the connection" : undefined;
};

const headersField = z.record(z.string(), headerValue).superRefine((headers, context) => {
  for (const name of Object.keys(headers)) {
    const message = problemWith(name);
    if (message) context.addIssue({ code: "custom", path: [name], message });
  }
});

const longestTimeoutMs = 60_000;

const input = z
  .strictObject({
    method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]).default("GET").meta({ title: "Method" }),
    url: z
      .url({ protocol: /^https?$/ })
      .max(2000)
      .meta({ title: "URL", description: "Without secrets: give those as headers" }),
    headers: headersField.default({}).meta({
      title: "Headers",
      description: "A value, or the name of a secret",
      examples: [{ Authorization: { secret: "pager_token", prefix: "Bearer " } }],
    }),
    json: z.json().optional().meta({ title: "JSON body" }),
    text: z.string().max(100_000).optional().meta({ title: "Text body", format: "multiline" }),
    expected_statuses: z
      .array(z.int().min(100).max(599))
      .max(50)
      .default([])
      .meta({ title: "Expected statuses", description: "200 to 299 if left out" }),
    timeout: durationField
      .refine((text) => (durationMs(text) ?? 0) <= longestTimeoutMs, "must be at most 1m")
      .default("10s")
      .meta({ title: "Time-out", description: "Of one try, at most 1m" }),
    idempotency_key: z.boolean().default(false).meta({
      title: "Idempotency key",
      description:
        "Sends Idempotency-Key, the same for every try, so that POST and PATCH can be repeated where the other side honours it",
    }),
  })
  .refine(({ json, text }) => json === undefined || text === undefined, {
    path: ["text"],
    message: "is one body too many: give json or text",
  })
  .refine(({ method, json, text }) => method !== "GET" || (json === undefined && text === undefined), {
    path: ["method"],
    message: "GET has no body: use POST",
  });

type Input = z.output<typeof input>;

const minuteMs = 60_000;

export const httpRequest = defineAction({
  key: "http.request",
  title: "HTTP request",
  description:
    "Asks or tells another system. Private addresses are closed unless the operator allows them, and redirects are not followed. POST and PATCH are sent at most once unless they carry an idempotency key.",
  category: "other",
  effect: "create",
  scopes: [],
  input,
  output: z.object({
    status: z.number(),
    body: z.string().meta({ description: "The first 10,000 characters, secrets left out" }),
    json: z.json().meta({ description: "The answer if it is JSON of up to 64 KiB, else null" }),
    truncated: z.boolean(),
  }),
  example: {
    method: "POST",
    url: "https://status.example.com/api/incidents",
    json: { title: "Checkout is down" },
    idempotency_key: true,
  },
  patience: { tryForMs: 60 * minuteMs, firstRetryMs: 2000, lastRetryMs: minuteMs },
  run: async (context, given) => {
    const { request } = context;
    const headers = headersOf(context, given);
    const key = `${request.executionId}/${request.step}`;
    const answer = await exchangeOnce(context, {
      method: given.method,
      url: given.url,
      headers: {
        ...contentType(given),
        ...headers.values,
        ...(given.idempotency_key && { "Idempotency-Key": shortHash(key) }),
      },
      ...bodyOf(given),
      timeoutMs: durationMs(given.timeout) ?? 0,
      expected: given.expected_statuses,
      mayRepeat: given.idempotency_key || !/^(POST|PATCH)$/.test(given.method),
      secrets: headers.secrets,
    });
    const { host } = new URL(given.url);
    return {
      outputs: { status: answer.status, ...shownBody(answer.text, headers.secrets) },
      events: [{ kind: "step.completed", title: `${given.method} ${host} answered ${answer.status}` }],
    };
  },
});

const headersOf = (context: ActionContext, { headers }: Input) => {
  const secrets: string[] = [];
  const values = Object.entries(headers).map(([name, value]) => {
    if (typeof value === "string") return [name, value] as const;
    const secret = secretNamed(context, value.secret, `headers.${name}`);
    secrets.push(secret);
    return [name, `${value.prefix}${secret}`] as const;
  });
  return { values: Object.fromEntries(values), secrets };
};

const contentType = ({ json, text }: Input): Record<string, string> => {
  if (json !== undefined) return { "Content-Type": "application/json" };
  return text === undefined ? {} : { "Content-Type": "text/plain; charset=utf-8" };
};

const bodyOf = ({ json, text }: { json?: Json | undefined; text?: string | undefined }) => {
  const body = json === undefined ? text : JSON.stringify(json);
  return body === undefined ? {} : { body };
};
