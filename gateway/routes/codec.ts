import type { Payload, PayloadCodec } from "@temporalio/common";
import { z } from "zod";
import { HistoryCodecError } from "../../client/historyCodec.ts";
import { problems } from "../answers.ts";
import { ProblemError } from "../problems.ts";
import type { App, RouteContext } from "../types.ts";

/** Temporal allows 2 MB a payload, in base64 here, and sends those of an event together. */
const bodyLimitBytes = 16 * 1024 * 1024;

const base64 = z.base64();

/** As Temporal's UI and command line send and expect it: a list of payloads as protobuf writes them in JSON. */
const payloads = z.object({
  payloads: z
    .array(z.object({ metadata: z.record(z.string(), base64).optional(), data: base64.optional() }))
    .max(10_000)
    // None at all is `{}`, as protobuf writes an empty list.
    .default([]),
});

type Payloads = z.output<typeof payloads>;

const bytes = (text: string): Uint8Array => Buffer.from(text, "base64");
const text = (data: Uint8Array): string => Buffer.from(data).toString("base64");

const mapped = <From, To>(fields: { [name: string]: From } | null | undefined, change: (from: From) => To) =>
  Object.fromEntries(Object.entries(fields ?? {}).map(([name, value]) => [name, change(value)]));

const payloadFrom = ({ metadata, data }: Payloads["payloads"][number]): Payload => ({
  metadata: mapped(metadata, bytes),
  data: bytes(data ?? ""),
});

const payloadText = ({ metadata, data }: Payload) => ({
  metadata: mapped(metadata, text),
  data: text(data ?? new Uint8Array()),
});

const converted = async (
  codec: PayloadCodec | undefined,
  direction: "encode" | "decode",
  given: Payloads,
): Promise<Payloads> => {
  if (!codec) throw new ProblemError("refused", "There is no key for histories: set ENCRYPTION_KEYS.");
  try {
    return { payloads: (await codec[direction](given.payloads.map(payloadFrom))).map(payloadText) };
  } catch (error) {
    if (error instanceof HistoryCodecError) throw new ProblemError("refused", `${error.message}.`);
    throw error;
  }
};

/** Only pages of Temporal's UI may call from a browser. */
const allowUi = (app: App, temporalUiUrl: string): void => {
  const { origin } = new URL(temporalUiUrl);
  app.addHook("onRequest", async (request, reply) => {
    reply.header("vary", "origin");
    if (request.headers.origin !== origin) return;
    reply.headers({ "access-control-allow-origin": origin, "access-control-allow-credentials": "true" });
  });
  app.route({
    method: "OPTIONS",
    url: "/codec/*",
    config: { access: "public" },
    schema: { hide: true },
    handler: async (_request, reply) =>
      reply
        .headers({
          "access-control-allow-methods": "POST",
          "access-control-allow-headers": "authorization, content-type, x-namespace",
          "access-control-max-age": "600",
        })
        .code(204)
        .send(),
  });
};

/**
 * The codec server of Temporal's UI and command line. Whoever may act on a run may read it: a history holds no secret, but
 * more of people than a viewer is shown.
 */
export const codecRoutes = (app: App, { historyCodec, links }: RouteContext): void => {
  if (links.temporalUiUrl !== undefined) allowUi(app, links.temporalUiUrl);
  for (const [direction, summary] of [
    ["decode", "Decrypt payloads of Temporal's histories"],
    ["encode", "Encrypt payloads for Temporal's histories"],
  ] as const) {
    app.route({
      method: "POST",
      url: `/codec/${direction}`,
      config: { access: "responder", changes: false },
      bodyLimit: bodyLimitBytes,
      schema: {
        summary,
        description: "The codec server of Temporal's UI and command line.",
        tags: ["codec"],
        body: payloads,
        response: { 200: payloads.describe("The payloads, in their order"), ...problems(409, 413) },
      },
      handler: ({ body }) => converted(historyCodec, direction, body),
    });
  }
};
