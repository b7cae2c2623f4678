import { z } from "zod";
import { OutgoingError } from "../../outgoing/errors.ts";
import type { ActionContext } from "../action.ts";
import { defineAction } from "../action.ts";
import { callOf } from "../call.ts";
import { chatDelivery } from "../chatAnswer.ts";
import { chatCard, chatKinds } from "../chatCards.ts";
import type { Delivery } from "../deliverOnce.ts";
import { deliverOnce, deliveryKey, inTurns } from "../deliverOnce.ts";
import { linksField, meetingIdField, secretField } from "../fields.ts";
import type { Notice } from "../notice.ts";
import { noticeOf } from "../notice.ts";
import { failUnlessSent, sentEvent } from "../notified.ts";
import { secretNamed } from "../secrets.ts";

const channelField = z.strictObject({
  kind: z.enum(chatKinds).meta({ title: "Chat" }),
  secret: secretField.meta({ title: "Webhook", description: "The secret that holds the webhook's URL" }),
});

type Channel = z.output<typeof channelField>;

const input = z
  .strictObject({
    channels: z.array(channelField).min(1).max(20).meta({ title: "Channels" }),
    title: z.string().trim().max(300).nullish().meta({ title: "Title" }),
    text: z
      .string()
      .max(3000)
      .nullish()
      .meta({ title: "Text", format: "multiline", description: "Of the incident if left out" }),
    meeting_id: meetingIdField.nullish().meta({
      title: "Meeting id",
      description: "Adds the join link as a button, passcode and telephone numbers",
      examples: ["{{incident.bridge.meeting_id}}"],
    }),
    links: linksField.meta({ description: "Buttons" }),
  })
  .refine(({ text, meeting_id }) => Boolean(text) || Boolean(meeting_id), {
    path: ["text"],
    message: "is missing: give a text, a meeting_id or both",
  });

const timeoutMs = 10_000;
const minuteMs = 60_000;

export const notifyChat = defineAction({
  key: "notify.chat",
  title: "Post to chat",
  description:
    "Posts to channels of Slack, Microsoft Teams and Google Chat through their webhooks, a call's join link as a button, and says of each what became of it. No channel gets it twice by one step, whatever crashes.",
  category: "notifications",
  effect: "idempotent",
  scopes: [],
  input,
  output: z.object({
    sent: z.number(),
    title: z.string(),
    channels: z.array(
      z.object({
        kind: z.enum(chatKinds),
        secret: z.string(),
        outcome: z.enum(["sent", "refused", "maybe_sent"]),
        reply: z.string().optional().meta({ description: "The chat's own words" }),
      }),
    ),
  }),
  example: {
    channels: [{ kind: "slack", secret: "team_slack" }],
    text: "Checkout is down, join the call",
    meeting_id: "85746065432",
  },
  patience: { tryForMs: 60 * minuteMs, firstRetryMs: 2000, lastRetryMs: 5 * minuteMs },
  onFailure: "continue",
  run: async (context, { channels, meeting_id, title, text, links }) => {
    const call = meeting_id ? await callOf(context, meeting_id) : undefined;
    const wish = { title: title ?? undefined, text: text ?? undefined, links, call };
    const notice = await noticeOf(context, wish);
    const posted = await inTurns(channels, 4, async (channel) => ({
      ...channel,
      name: channel.secret,
      delivery: await posting(context, channel, notice),
    }));
    failUnlessSent(posted, "message");
    const all = posted.map(({ kind, secret, delivery }) => ({ kind, secret, ...withOutcome(delivery) }));
    return {
      outputs: {
        sent: all.filter(({ outcome }) => outcome === "sent").length,
        title: notice.title,
        channels: all,
      },
      events: [sentEvent("chat", `Posted "${notice.title}"`, posted, all)],
    };
  },
});

/** One channel that cannot be reached keeps the message from no other. */
const posting = (context: ActionContext, channel: Channel, notice: Notice): Promise<Delivery> => {
  const { store, request } = context;
  const key = deliveryKey(request, "chat", `${channel.kind} ${channel.secret}`);
  return deliverOnce(store, key, async () => {
    try {
      return await post(context, channel, webhookOf(context, channel.secret), notice);
    } catch (error) {
      if (error instanceof OutgoingError) return { outcome: "refused", reply: error.message, error };
      throw error;
    }
  });
};

const webhookOf = (context: ActionContext, secret: string): string => {
  const url = secretNamed(context, secret, "channels");
  if (/^https?:\/\/./.test(url) && URL.canParse(url)) return url;
  throw new OutgoingError({
    code: "not_configured",
    message: `The secret "${secret}" is no URL of a webhook.`,
    field: "channels",
  });
};

const post = async (
  { http, signal, nowMs }: ActionContext,
  { kind }: Channel,
  url: string,
  notice: Notice,
): Promise<Delivery> => {
  const result = await http.send({
    method: "POST",
    url,
    headers: { "Content-Type": "application/json; charset=UTF-8" },
    body: JSON.stringify(chatCard(kind, notice)),
    timeoutMs,
    signal,
  });
  return chatDelivery(result, url, nowMs);
};

const withOutcome = (delivery: Delivery) => {
  if (delivery.outcome === "sent") return { outcome: delivery.outcome };
  const outcome = delivery.outcome === "later" ? ("refused" as const) : delivery.outcome;
  return { outcome, reply: delivery.reply };
};
