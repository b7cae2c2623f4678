import { historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import type { Payload, PayloadCodec } from "@temporalio/common";
import type { Topology } from "./support.ts";

type Temporal = Topology["temporal"];

/**
 * The history of every workflow that was started on a task queue as text, by its id; payloads readable, encrypted ones
 * with their codec.
 */
export const historiesOf = async (
  { temporal, taskQueue }: Pick<Topology, "temporal" | "taskQueue">,
  codec?: PayloadCodec,
) => {
  const { workflow } = temporal.client;
  const found = new Map<string, string>();
  for await (const { workflowId, runId } of workflow.list({ query: `TaskQueue = "${taskQueue}"` })) {
    const history = await workflow.getHandle(workflowId, runId).fetchHistory();
    const events: unknown = JSON.parse(historyToJSON(history));
    found.set(`${workflowId}/${runId}`, readable(codec ? await decrypted(events, codec) : events));
  }
  return found;
};

type Encoded = { metadata: Record<string, string>; data: string };

const isEncoded = (value: object): value is Encoded => "metadata" in value && "data" in value;

const bytes = (text: string): Uint8Array => Buffer.from(text, "base64");
const base64 = (data: Uint8Array | null | undefined): string => Buffer.from(data ?? []).toString("base64");

const changed = <From, To>(fields: Record<string, From>, change: (from: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, change(value)]));

const decryptedPayload = async ({ metadata, data }: Encoded, codec: PayloadCodec): Promise<Encoded> => {
  const [payload] = await codec.decode([
    { metadata: changed(metadata, bytes), data: bytes(data) } as Payload,
  ]);
  return { metadata: changed(payload?.metadata ?? {}, base64), data: base64(payload?.data) };
};

const decrypted = async (value: unknown, codec: PayloadCodec): Promise<unknown> => {
  if (Array.isArray(value)) return Promise.all(value.map((each) => decrypted(each, codec)));
  if (typeof value !== "object" || value === null) return value;
  if (isEncoded(value)) return decryptedPayload(value, codec);
  const fields = Object.entries(value).map(
    async ([name, each]) => [name, await decrypted(each, codec)] as const,
  );
  return Object.fromEntries(await Promise.all(fields));
};

/** Payloads are bytes, which JSON shows in base64. */
const readable = (history: unknown): string =>
  JSON.stringify(history, (name, value: unknown) =>
    (name === "data" || name === "encoding") && typeof value === "string"
      ? Buffer.from(value, "base64").toString()
      : value,
  );

/** Which try of a step's activity it was that came to an end. */
export const attemptOf = async ({ client }: Temporal, executionId: string, step: string): Promise<number> => {
  const { events } = await client.workflow.getHandle(executionId).fetchHistory();
  const scheduled = events?.find(
    ({ activityTaskScheduledEventAttributes: activity }) => activity?.activityId === step,
  );
  const started = events?.find(({ activityTaskStartedEventAttributes: task }) =>
    task?.scheduledEventId?.eq(scheduled?.eventId ?? -1),
  );
  return started?.activityTaskStartedEventAttributes?.attempt ?? 0;
};
