import { z } from "zod";
import { calendarUid } from "../../domain/calendar.ts";
import { OutgoingError } from "../../outgoing/errors.ts";
import type { Letter, Mail } from "../../outgoing/mail.ts";
import type { ActionContext } from "../action.ts";
import { defineAction } from "../action.ts";
import type { Call } from "../call.ts";
import { callOf } from "../call.ts";
import type { Delivery } from "../deliverOnce.ts";
import { deliverOnce, deliveryKey, inTurns, shortHash } from "../deliverOnce.ts";
import type { PersonField } from "../fields.ts";
import { linksField, meetingIdField, peopleField } from "../fields.ts";
import type { Invitation } from "../invitation.ts";
import { invitationText } from "../invitation.ts";
import { mailHtml, mailPlainText } from "../mailText.ts";
import type { Notice } from "../notice.ts";
import { noticeOf } from "../notice.ts";
import { failUnlessSent, sentEvent } from "../notified.ts";

const outcome = z.enum(["sent", "refused", "maybe_sent", "no_email"]);

const input = z
  .strictObject({
    to: peopleField.meta({ title: "To", examples: ["{{incident.responders}}", ["ana@example.com"]] }),
    subject: z.string().trim().max(300).nullish().meta({ title: "Subject" }),
    body: z.string().max(20_000).nullish().meta({
      title: "Body",
      format: "multiline",
      description: "Plain text. Of the incident if left out; links and how to join stand below it",
    }),
    meeting_id: meetingIdField.nullish().meta({
      title: "Meeting id",
      description: "Adds join link, passcode and telephone numbers",
      examples: ["{{incident.bridge.meeting_id}}"],
    }),
    links: linksField,
    calendar: z.enum(["none", "invite", "cancel"]).default("none").meta({
      title: "Calendar",
      description:
        "Attaches the meeting: a later invite changes the entry in people's calendars, cancel removes it",
    }),
  })
  .refine(({ body, meeting_id }) => Boolean(body) || Boolean(meeting_id), {
    path: ["body"],
    message: "is missing: give a body, a meeting_id or both",
  })
  .refine(({ calendar, meeting_id }) => calendar === "none" || Boolean(meeting_id), {
    path: ["meeting_id"],
    message: "is missing: it says which meeting to put into calendars",
  });

type Input = z.output<typeof input>;
type Person = { name: string; email: string | null; outcome: z.output<typeof outcome>; reply?: string };

/** Some servers are slow to answer and many people are told: what matters is that each try is noted. */
const minuteMs = 60_000;

export const notifyEmail = defineAction({
  key: "notify.email",
  title: "Send email",
  description:
    "Mails people one by one, with the join link and telephone numbers of a call if wanted, and says of each what became of it. Nobody is mailed twice by one step, whatever crashes.",
  category: "notifications",
  effect: "idempotent",
  scopes: [],
  input,
  output: z.object({
    sent: z.number(),
    subject: z.string(),
    people: z.array(
      z.object({
        name: z.string(),
        email: z.string().nullable(),
        outcome,
        reply: z.string().optional().meta({ description: "The mail server's own words" }),
      }),
    ),
  }),
  example: { to: ["ana@example.com", { name: "Bo" }], meeting_id: "85746065432", calendar: "invite" },
  patience: {
    tryForMs: 60 * minuteMs,
    firstRetryMs: 5000,
    lastRetryMs: 5 * minuteMs,
    oneTryMs: 15 * minuteMs,
  },
  onFailure: "continue",
  run: async (context, given) => {
    const { mail } = context;
    if (!mail) throw noServer();
    const isCancelled = given.calendar === "cancel";
    const call = given.meeting_id
      ? await callOf(context, given.meeting_id, { mayBeDeleted: isCancelled })
      : undefined;
    const { subject: title, body: text, links } = given;
    const notice = await noticeOf(context, {
      title: title ?? undefined,
      text: text ?? undefined,
      links,
      call,
      isCancelled,
    });
    const entry = call && given.calendar !== "none" ? await entryOf(context, call, isCancelled) : undefined;
    const people = await mailed(context, mail, given, notice, entry);
    failUnlessSent(people, "mail");
    const all = people.map(({ delivery, ...person }) => withOutcome(person, delivery));
    return {
      outputs: {
        sent: all.filter((person) => person.outcome === "sent").length,
        subject: notice.title,
        people: all,
      },
      events: [sentEvent("mail", `Mailed "${notice.title}"`, people, all)],
    };
  },
});

const noServer = (): OutgoingError =>
  new OutgoingError({
    code: "not_configured",
    message: "No mail can be sent: SMTP_URL and MAIL_FROM are not set.",
  });

/** What mails attach for calendars. */
type Entry = Pick<Invitation, "uid" | "method" | "call">;

/** A follow-up's is the one of its calendar link. Undefined when another meeting has taken it over. */
const entryOf = async (
  { store }: ActionContext,
  call: Call,
  isCancelled: boolean,
): Promise<Entry | undefined> => {
  const followUp = await store.followUps.current(call.meetingId);
  if (followUp && followUp.meeting_id !== call.meetingId) return undefined;
  const uid = followUp?.calendar_uid ?? calendarUid(call.meetingId);
  return { uid, method: isCancelled ? "CANCEL" : "REQUEST", call };
};

type Mailed = { name: string; email: string | null; delivery: Delivery | undefined };

const mailed = async (
  context: ActionContext,
  mail: Mail,
  given: Input,
  notice: Notice,
  entry: Entry | undefined,
): Promise<Mailed[]> => {
  const { store, request, signal } = context;
  // When no server is there for one, the others need not wait for their time-outs too.
  let down: Delivery | undefined;
  return inTurns(given.to, 3, async (person): Promise<Mailed> => {
    const { email } = person;
    const name = person.name ?? email ?? "somebody";
    if (!email) return { name, email: null, delivery: undefined };
    signal.throwIfAborted();
    if (down) return { name, email, delivery: down };
    const key = deliveryKey(request, "email", email);
    const delivery = await deliverOnce(store, key, async () => {
      const result = await mail.send(
        letterTo({ ...person, email }, context, mail, { notice, entry, key }),
        signal,
      );
      if (result.outcome === "later" && result.isDown) down = result;
      return result;
    });
    return { name, email, delivery };
  });
};

type Parts = { notice: Notice; entry: Entry | undefined; key: string };

const letterTo = (
  to: PersonField & { email: string },
  { nowMs }: ActionContext,
  { from }: Mail,
  { notice, entry, key }: Parts,
): Letter => {
  const text = mailPlainText(notice);
  return {
    messageId: `${shortHash(key)}@${from.email.split("@").at(-1)}`,
    to,
    subject: notice.title,
    text,
    html: mailHtml(notice),
    ...(entry && {
      calendar: {
        method: entry.method,
        text: invitationText({ ...entry, organizer: from, attendee: to, description: text, nowMs }),
      },
    }),
  };
};

const withOutcome = (
  person: { name: string; email: string | null },
  delivery: Delivery | undefined,
): Person => {
  if (!delivery) return { ...person, outcome: "no_email" };
  if (delivery.outcome === "sent") return { ...person, outcome: "sent" };
  const known = delivery.outcome === "later" ? "refused" : delivery.outcome;
  return { ...person, outcome: known, reply: delivery.reply };
};
