import { Webhook } from "standardwebhooks";
import type { TimelineWebhook } from "../../subscribers/message.ts";
import type { SinkAnswer, SinkRequest } from "./httpSink.ts";
import { startHttpSink } from "./httpSink.ts";

export type Received = {
  id: string;
  incident: string;
  seq: number;
  webhook: TimelineWebhook;
  accepted: boolean;
};

type Answer = (received: Omit<Received, "accepted">, request: SinkRequest) => SinkAnswer;

const isAccepted = (answer: SinkAnswer): boolean =>
  typeof answer === "object" && (answer.status ?? 200) >= 200 && (answer.status ?? 200) < 300;

/** A subscriber's own server: takes nothing whose signature does not hold, and keeps what it was sent. */
export const startReceiver = async (secret: string, answer: Answer = () => ({})) => {
  const received: Received[] = [];
  const rules = { secret, answer };
  const sink = await startHttpSink((request) => {
    const headers = request.headers as Record<string, string>;
    let webhook: TimelineWebhook;
    try {
      webhook = new Webhook(rules.secret).verify(request.body, headers) as TimelineWebhook;
    } catch {
      return { status: 401 };
    }
    if (webhook.type !== "timeline.event") return {};
    const { event, incident } = webhook.data;
    const one = { id: headers["webhook-id"] ?? "", incident: incident.id, seq: event.seq, webhook };
    const given = rules.answer(one, request);
    received.push({ ...one, accepted: isAccepted(given) });
    return given;
  });
  return {
    url: `${sink.url}/hook`,
    requests: sink.requests,
    received,
    rules,
    /** What it accepted of an incident, by number, repetitions left out. */
    accepted: (incident: string): number[] => [
      ...new Set(
        received.filter((each) => each.accepted && each.incident === incident).map(({ seq }) => seq),
      ),
    ],
    [Symbol.asyncDispose]: () => sink[Symbol.asyncDispose](),
  };
};

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;
