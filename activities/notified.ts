import { listText } from "../domain/people.ts";
import { OutgoingError } from "../outgoing/errors.ts";
import type { EventDraft } from "./action.ts";
import type { Delivery } from "./deliverOnce.ts";

/** Somebody, or some channel, and what became of the delivery; none was tried where there is nowhere to send to. */
export type Notified = { name: string; delivery: Delivery | undefined };

const named = (all: readonly Notified[], outcome: Delivery["outcome"]): string[] =>
  all.flatMap(({ name, delivery }) => {
    if (delivery?.outcome !== outcome) return [];
    return [delivery.outcome === "sent" ? name : `${name} (${delivery.reply})`];
  });

/** With each comes why it was refused. */
const mostListed = 8;

/**
 * Throws when something is still to be sent, for Temporal to try again, and when nothing could be sent at all. The next
 * try sends only what was not sent.
 */
export const failUnlessSent = (all: readonly Notified[], what: string): void => {
  const later = all.flatMap(({ delivery }) => (delivery?.outcome === "later" ? [delivery] : []));
  const refused = named(all, "refused");
  const done = named(all, "sent").length + named(all, "maybe_sent").length;
  const tried = all.filter(({ delivery }) => delivery !== undefined).length;
  if (later.length > 0) {
    const waits = later.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
    throw new OutgoingError({
      code: waits.length > 0 ? "rate_limited" : "unreachable",
      message: `The ${what} went to ${done} of ${tried}, and not yet to ${listText(named(all, "later"), mostListed)}.`,
      retryAfterMs: waits.length > 0 ? Math.max(...waits) : undefined,
    });
  }
  if (refused.length > 0 && done === 0) {
    const reason = all.flatMap(({ delivery }) =>
      delivery?.outcome === "refused" ? (delivery.error ?? []) : [],
    );
    if (reason[0]) throw reason[0];
    throw new OutgoingError({
      code: "refused",
      message: `Nobody got the ${what}. Refused: ${listText(refused, mostListed)}.`,
    });
  }
};

/** Who is told: one, and several. */
const nouns = { mail: ["person", "people"], chat: ["channel", "channels"] } as const;

/** What the timeline says of it, with everybody who may not know. */
export const sentEvent = (
  how: keyof typeof nouns,
  what: string,
  all: readonly Notified[],
  data: readonly object[],
): EventDraft => {
  const sent = named(all, "sent").length;
  const lines = [
    ["Refused", named(all, "refused")],
    ["May have been sent, not sent again", named(all, "maybe_sent")],
    ["Without an address", all.flatMap(({ name, delivery }) => (delivery ? [] : [name]))],
  ] as const;
  const detail = lines
    .filter(([, names]) => names.length > 0)
    .map(([about, names]) => `${about}: ${listText(names, mostListed)}.`)
    .join(" ");
  const count = sent === all.length ? sent : `${sent} of ${all.length}`;
  const noun = nouns[how][all.length === 1 ? 0 : 1];
  return {
    kind: "notification.sent",
    title: sent === 0 ? `${what} to nobody` : `${what} to ${count} ${noun}`,
    ...(detail && { detail }),
    data: { recipients: data },
  };
};
