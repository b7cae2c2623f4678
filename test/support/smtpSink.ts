import type { AddressInfo } from "node:net";
import type { ParsedMail } from "mailparser";
import { simpleParser } from "mailparser";
import type { SMTPServerSession } from "smtp-server";
import { SMTPServer } from "smtp-server";

export type SinkOptions = {
  /** What the server says to a recipient instead of taking it. */
  refuse?: (email: string) => { code: number; text: string } | undefined;
  /** Ends the connection without a word: before it asks for the letter, or once it has the letter. */
  hangUp?: (email: string) => "before" | "after" | undefined;
  user?: { name: string; password: string };
};

type Received = { to: string; raw: string };

/** A real SMTP server that keeps what it is sent. */
export const startSmtpSink = async (options: SinkOptions = {}) => {
  const received: Received[] = [];
  const rules = { ...options };
  let connections = 0;
  const drop = (of?: SMTPServerSession): void => {
    for (const { id, _socket } of server.connections) if (!of || id === of.id) _socket.destroy();
  };

  const server = new SMTPServer({
    disabledCommands: ["STARTTLS"],
    authOptional: rules.user === undefined,
    allowInsecureAuth: true,
    logger: false,
    onAuth: ({ username, password }, _session, done) => {
      const known = rules.user?.name === username && rules.user?.password === password;
      // A server that repeats what it was given.
      if (!known)
        return done(Object.assign(new Error(`no user ${username} with ${password}`), { responseCode: 535 }));
      return done(null, { user: username });
    },
    onConnect: (_session, done) => {
      connections += 1;
      done();
    },
    onRcptTo: ({ address }, session, done) => {
      const refusal = rules.refuse?.(address);
      if (refusal) return done(Object.assign(new Error(refusal.text), { responseCode: refusal.code }));
      if (rules.hangUp?.(address) === "before") return drop(session);
      return done();
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const to = session.envelope.rcptTo[0]?.address ?? "";
        received.push({ to, raw: Buffer.concat(chunks).toString() });
        if (rules.hangUp?.(to) === "after") return drop(session);
        return done();
      });
    },
  });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    port,
    url: `smtp://127.0.0.1:${port}`,
    received,
    /** The letters as mail programs read them, in the order they came. */
    mails: (): Promise<ParsedMail[]> => Promise.all(received.map(({ raw }) => simpleParser(raw))),
    rules,
    connections: () => connections,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        drop();
        server.close(() => resolve());
      }),
  };
};
