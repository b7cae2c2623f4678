import { Readable } from "node:stream";
import nodemailer from "nodemailer";
import { cleanText } from "../zoom/cleanText.ts";
import { OutgoingError } from "./errors.ts";

export type Mailbox = { name?: string | undefined; email: string };

export type Letter = {
  /** Without angle brackets; the same for the same letter, so that mail servers can tell a repetition. */
  messageId: string;
  to: Mailbox;
  subject: string;
  text: string;
  html: string;
  calendar?: { method: "REQUEST" | "CANCEL"; text: string } | undefined;
};

/** `reply` is the server's own, made fit to be shown; or what went wrong, in a few words. */
type MailResult =
  | { outcome: "sent" }
  /** For good. */
  | { outcome: "refused"; reply: string }
  /** Surely not sent; later it may work. `isDown`: no server was there to say so. */
  | { outcome: "later"; reply: string; isDown: boolean }
  /** The connection broke after the letter had begun to go out. */
  | { outcome: "maybe_sent"; reply: string };

/** A mail server. `send` throws an OutgoingError when the server does not know us, which no letter can mend. */
export type Mail = {
  from: Mailbox;
  send(letter: Letter, signal?: AbortSignal): Promise<MailResult>;
  close(): void;
};

export type MailOptions = {
  /** `smtp://` or `smtps://`, with user and password if the server wants some. */
  url: string;
  /** `Incidents <incidents@example.com>` */
  from: string;
};

/** Timeouts far below those of a step, so that it can say what happened. */
const timeouts = {
  dnsTimeout: 10_000,
  connectionTimeout: 10_000,
  greetingTimeout: 10_000,
  socketTimeout: 30_000,
};

/** The library itself tries again only where no byte of the letter went out: a kept connection that the server ended. */
const pool = { pool: true, maxConnections: 3, maxRequeues: 1, idleTimeout: 5_000 } as const;

type Flight = { hasBegun: boolean };

export const createMail = ({ url, from }: MailOptions): Mail => {
  const sender = mailboxOf(from);
  const transport = nodemailer.createTransport({ ...pool, ...timeouts, url });
  const flights = new Map<string, Flight>();
  // Read only when the server has asked for it (354): until then a letter is surely not sent.
  transport.use("stream", (mail, done) => {
    const flight = flights.get(String(mail.data.messageId));
    mail.message.processFunc((letter) => Readable.from(noticed(letter, flight)));
    done();
  });
  return {
    from: sender,
    send: async ({ messageId, to, calendar, ...letter }, signal) => {
      const flight: Flight = { hasBegun: false };
      flights.set(messageId, flight);
      try {
        await transport.sendMail({
          ...letter,
          messageId,
          from: addressOf(sender),
          to: addressOf(to),
          // Nobody's absence notice is to come back.
          headers: { "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" },
          ...(calendar && { icalEvent: { method: calendar.method, content: calendar.text } }),
          ...(signal && { signal }),
          disableFileAccess: true,
          disableUrlAccess: true,
        });
        return { outcome: "sent" };
      } catch (error) {
        return resultOf(error as SmtpError, flight, passwordsOf(url));
      } finally {
        flights.delete(messageId);
      }
    },
    close: () => transport.close(),
  };
};

async function* noticed(letter: AsyncIterable<Buffer>, flight: Flight | undefined) {
  if (flight) flight.hasBegun = true;
  yield* letter;
}

const mailboxOf = (text: string): Mailbox => {
  const [, name, inBrackets] = /^\s*"?([^"<]*?)"?\s*<([^<>]+)>\s*$/.exec(text) ?? [];
  return inBrackets === undefined
    ? { email: text.trim() }
    : { ...(name && { name }), email: inBrackets.trim() };
};

const addressOf = ({ name, email }: Mailbox) => ({ name: name ?? "", address: email });

type SmtpError = Error & { code?: string; responseCode?: number; response?: string };

const resultOf = (error: SmtpError, { hasBegun }: Flight, secrets: string[]): MailResult => {
  const { code = "no answer", responseCode, response } = error;
  const reply = response === undefined ? code : cleanText(response, secrets);
  if (responseCode !== undefined && responseCode >= 500) {
    if (code === "EAUTH") throw notKnown(reply);
    return { outcome: "refused", reply };
  }
  if (responseCode !== undefined) return { outcome: "later", reply, isDown: false };
  if (hasBegun) return { outcome: "maybe_sent", reply };
  if (code === "EAUTH") throw notKnown(reply);
  const isOfLetter = code === "EENVELOPE" || code === "EMESSAGE";
  return isOfLetter
    ? { outcome: "refused", reply: cleanText(error.message, secrets) }
    : { outcome: "later", reply, isDown: true };
};

const notKnown = (reply: string): OutgoingError =>
  new OutgoingError({
    code: "not_configured",
    message: `The mail server refused the user and password of SMTP_URL: ${reply}`,
    advice: "Correct SMTP_URL in the worker's environment, restart the worker, then retry the step.",
  });

const passwordsOf = (url: string): string[] => {
  const { username, password } = new URL(url);
  return [password, decodeURIComponent(password), username, decodeURIComponent(username)];
};
