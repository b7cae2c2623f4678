import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { ParsedMail } from "mailparser";
import { mailHtml } from "../../activities/mailText.ts";
import type { FollowUp } from "../../domain/followUp.ts";
import { calendarPath } from "../../domain/followUp.ts";
import { displayText } from "../../domain/template.ts";
import { startGateway } from "../gateway/startGateway.ts";
import type { SinkOptions } from "../support/smtpSink.ts";
import { startSmtpSink } from "../support/smtpSink.ts";
import { failureOf } from "./failureOf.ts";
import { startActions } from "./world.ts";

const from = "Incidents <incidents@example.com>";
const letter = { to: ["ana@example.com"], subject: "Hello", body: "We are down." };

/** The actions and a mail server, ended together. */
const startMailing = async (options: SinkOptions = {}) => {
  const sink = await startSmtpSink(options);
  const world = await startActions({ mail: { url: sink.url, from } });
  return {
    ...world,
    sink,
    mail: (input: Parameters<typeof world.perform>[1], more?: Parameters<typeof world.perform>[2]) =>
      world.perform("notify.email", input, { step: "mail", ...more }),
    [Symbol.asyncDispose]: async () => {
      await world[Symbol.asyncDispose]();
      await sink[Symbol.asyncDispose]();
    },
  };
};

const invitationIn = (raw: string): string => {
  const parts = [...raw.matchAll(/Content-Type: application\/ics[\s\S]*?\r\n\r\n([\s\S]*?)\r\n--/g)];
  return Buffer.from(parts[0]?.[1] ?? "", "base64")
    .toString()
    .replaceAll("\r\n ", "");
};

const fieldOf = (calendar: string, name: string): string | undefined =>
  new RegExp(`^${name}[;:](.*)$`, "m").exec(calendar)?.[1]?.trim();

describe("mailing people", () => {
  test("gives a call's link, passcode and telephone numbers in text and HTML", async () => {
    await using world = await startMailing();
    const meeting_id = await world.bridge({ topic: "Checkout is down" });
    const passcode = (await world.store.meetings.get(meeting_id))?.meeting.passcode;
    const { outputs } = await world.mail({ to: ["ana@example.com"], meeting_id });

    expect(outputs).toEqual({
      sent: 1,
      subject: `Join the call: SEV1 ${world.incidentId}: Checkout is down`,
      people: [{ name: "ana@example.com", email: "ana@example.com", outcome: "sent" }],
    });
    const [mail] = (await world.sink.mails()) as [ParsedMail];
    expect(mail.from?.text).toBe('"Incidents" <incidents@example.com>');
    expect(mail.headers.get("auto-submitted")).toBe("auto-generated");
    for (const body of [mail.text, mail.html]) {
      expect(body).toContain("SEV1 Major: Checkout is down");
      expect(body).toContain(passcode);
      expect(body).toContain("+49 3055501234 (Germany)");
      expect(body).toMatch(/\b\d{3} \d{3,4} \d{4}\b/);
    }
    expect(mail.text).toMatch(/Join the call: https:\/\/us02web\.zoom\.us\/j\/\d+\?pwd=/);
    expect(mail.html).toMatch(/<a href="https:&#x2F;&#x2F;us02web/);
    expect(JSON.stringify([mail, await world.timeline()])).not.toMatch(/start_url|zak=|sim-secret/);
  });

  test("says of each person what became of the letter, and shows nobody the others' addresses", async () => {
    await using world = await startMailing({
      refuse: (email) =>
        email === "bo@example.com" ? { code: 550, text: "5.1.1 No such user <bo>" } : undefined,
    });
    const to = ["ana@example.com", { name: "Bo", email: "bo@example.com" }, { name: "Cy" }, "not an address"];
    const { outputs } = await world.mail({ ...letter, to });
    expect(outputs["sent"]).toBe(1);
    expect(outputs["people"]).toEqual([
      { name: "ana@example.com", email: "ana@example.com", outcome: "sent" },
      { name: "Bo", email: "bo@example.com", outcome: "refused", reply: "550 5.1.1 No such user" },
      { name: "Cy", email: null, outcome: "no_email" },
      {
        name: "not an address",
        email: "not an address",
        outcome: "refused",
        reply: expect.stringMatching(/^501 /),
      },
    ]);
    expect(world.sink.received.map(({ raw }) => raw).join("\n")).not.toContain("bo@");
    const [event] = await world.timeline();
    expect(event).toMatchObject({
      kind: "notification.sent",
      title: 'Mailed "Hello" to 1 of 4 people',
      detail: expect.stringMatching(
        /^Refused: Bo \(550 5\.1\.1 No such user\), .* Without an address: Cy\.$/,
      ),
    });
  });

  test("says so when nobody has an address", async () => {
    await using world = await startMailing();
    const { outputs } = await world.mail({ ...letter, to: [{ name: "Cy" }] });
    expect(outputs["sent"]).toBe(0);
    expect((await world.timeline())[0]).toMatchObject({
      title: 'Mailed "Hello" to nobody',
      detail: "Without an address: Cy.",
    });
  });

  test("adds what the runbook says, and no header that a subject brings along", async () => {
    await using world = await startMailing();
    const links = [{ title: "Status page", url: "https://status.example.com/?a=1&b=2" }];
    await world.mail({ ...letter, subject: "Down\r\nBcc: eve@example.com", links });
    const [mail] = (await world.sink.mails()) as [ParsedMail];
    expect(mail.subject).toBe("Down Bcc: eve@example.com");
    expect(mail.headers.has("bcc")).toBe(false);
    expect(mail.text).toContain("We are down.\n\nStatus page: https://status.example.com/?a=1&b=2");
  });

  test("is not possible without a mail server, and names the variables to set", async () => {
    await using world = await startActions();
    const failed = await failureOf(world.perform("notify.email", letter));
    expect([failed.type, failed.nonRetryable]).toEqual(["not_configured", true]);
    expect(failed.message).toContain("SMTP_URL and MAIL_FROM");
  });

  test.each([
    [{ to: ["a@example.com"] }, "body is missing"],
    [{ to: ["a@example.com"], body: "x", calendar: "invite" }, "meeting_id is missing"],
    [{ ...letter, links: [{ title: "x", url: "javascript:alert(1)" }] }, "links[0].url"],
  ])("%j is refused: %s", async (input, why) => {
    await using world = await startMailing();
    const failed = await failureOf(world.mail(input));
    expect(failed.type).toBe("invalid_input");
    expect(failed.message).toContain(why);
  });

  test("goes on while Zoom is down, without telephone numbers", async () => {
    await using world = await startMailing();
    const meeting_id = await world.bridge();
    await world.control("/faults", { kind: "status", status: 503, path: "/meetings/" });
    await world.mail({ to: ["ana@example.com"], meeting_id });
    const text = (await world.sink.mails())[0]?.text;
    expect(text).toContain("Join the call: https://us02web.zoom.us/j/");
    expect(text).not.toContain("By telephone");
  });
});

describe("mailing once", () => {
  test("a later try, and an operator's retry, mail only those who got nothing", async () => {
    let isFull = true;
    await using world = await startMailing({
      refuse: (email) =>
        isFull && email === "bo@example.com" ? { code: 452, text: "4.2.2 Mailbox full" } : undefined,
    });
    const to = ["ana@example.com", "bo@example.com"];
    const failed = await failureOf(world.mail({ ...letter, to }));
    expect([failed.type, failed.nonRetryable]).toEqual(["unreachable", false]);
    expect(failed.message).toBe(
      "The mail went to 1 of 2, and not yet to bo@example.com (452 4.2.2 Mailbox full).",
    );
    await failureOf(world.mail({ ...letter, to }, { attempt: 2 }));
    isFull = false;
    const { outputs } = await world.mail({ ...letter, to }, { round: 2 });
    expect(outputs["sent"]).toBe(2);
    expect(world.sink.received.map(({ to: email }) => email)).toEqual(to);
  });

  test("another step mails the same people again", async () => {
    await using world = await startMailing();
    await world.mail(letter);
    await world.mail(letter, { step: "again" });
    const ids = (await world.sink.mails()).map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(2);
  });

  test("a letter whose acceptance was lost is not sent again, and that is said", async () => {
    await using world = await startMailing({ hangUp: () => "after" });
    const { outputs } = await world.mail(letter);
    expect(outputs["people"]).toMatchObject([{ outcome: "maybe_sent" }]);
    delete world.sink.rules.hangUp;
    const again = await world.mail(letter, { attempt: 2 });
    expect(again.outputs["people"]).toMatchObject([{ outcome: "maybe_sent" }]);
    expect(world.sink.received).toHaveLength(1);
    const [event] = await world.timeline();
    expect(event?.detail).toMatch(/^May have been sent, not sent again: ana@example\.com/);
  });

  test("a try that died before it could note leaves the letter unsent rather than sent twice", async () => {
    await using world = await startMailing();
    const { executionId } = await claimed(world, "ana@example.com");
    const { outputs } = await world.mail(
      { ...letter, to: ["ANA@example.com", "bo@example.com"] },
      { executionId },
    );
    expect(outputs["people"]).toMatchObject([
      { outcome: "maybe_sent", reply: "an earlier try ended before it could tell" },
      { outcome: "sent" },
    ]);
    expect(world.sink.received.map(({ to }) => to)).toEqual(["bo@example.com"]);
  });

  test("a connection that breaks before the letter has begun to go out leaves it to the next try", async () => {
    await using world = await startMailing({ hangUp: () => "before" });
    const failed = await failureOf(world.mail(letter));
    expect([failed.type, failed.nonRetryable]).toEqual(["unreachable", false]);
    delete world.sink.rules.hangUp;
    expect((await world.mail(letter, { attempt: 2 })).outputs["sent"]).toBe(1);
    expect(world.sink.received).toHaveLength(1);
  });

  test("one that is not there is asked once, not once for each person", async () => {
    const gone = await startSmtpSink();
    await gone[Symbol.asyncDispose]();
    await using world = await startActions({ mail: { url: gone.url, from } });
    const to = Array.from({ length: 50 }, (_, n) => `person${n}@example.com`);
    const failed = await failureOf(world.perform("notify.email", { ...letter, to }));
    expect(failed.message).toMatch(/^The mail went to 0 of 50, and not yet to .* and 42 more\.$/);
    expect(failed.message).not.toContain("127.0.0.1");
  });

  test("when everybody is refused the step fails", async () => {
    await using world = await startMailing({ refuse: () => ({ code: 554, text: "5.7.1 Relay denied" }) });
    const failed = await failureOf(world.mail(letter));
    expect([failed.type, failed.nonRetryable]).toEqual(["refused", true]);
    expect(failed.message).toBe("Nobody got the mail. Refused: ana@example.com (554 5.7.1 Relay denied).");
  });
});

/** Leaves the claim of a try that died, as that try would have. */
const claimed = async (world: Awaited<ReturnType<typeof startMailing>>, email: string) => {
  const { deliverOnce, deliveryKey } = await import("../../activities/deliverOnce.ts");
  const executionId = `runbook-${world.incidentId}-died-1`;
  const request = { executionId, step: "mail" } as Parameters<typeof deliveryKey>[0];
  const died = new Error("the process ended");
  const dying = deliverOnce(world.store, deliveryKey(request, "email", email), () => Promise.reject(died));
  await expect(dying).rejects.toBe(died);
  return { executionId };
};

describe("the mail server's user and password", () => {
  test("open it, over one connection for many letters", async () => {
    await using sink = await startSmtpSink({ user: { name: "zr", password: "s3cret/pass" } });
    const url = sink.url.replace("//", "//zr:s3cret%2Fpass@");
    await using world = await startActions({ mail: { url, from } });
    const to = Array.from({ length: 12 }, (_, n) => `person${n}@example.com`);
    expect((await world.perform("notify.email", { ...letter, to })).outputs["sent"]).toBe(12);
    expect(sink.connections()).toBeLessThanOrEqual(3);
  });

  test("are never shown, even when the server repeats them", async () => {
    await using sink = await startSmtpSink({ user: { name: "zr", password: "right" } });
    const url = sink.url.replace("//", "//zr-user:canary%2Fpassword@");
    await using world = await startActions({ mail: { url, from } });
    const failed = await failureOf(world.perform("notify.email", letter));
    expect([failed.type, failed.nonRetryable]).toEqual(["not_configured", true]);
    expect(failed.message).toContain("refused the user and password of SMTP_URL: 535");
    expect(JSON.stringify([failed.message, failed.details, await world.timeline()])).not.toMatch(
      /canary|zr-user/,
    );
    // Nothing was sent, so a corrected password sends it.
    sink.rules.user = { name: "zr-user", password: "canary/password" };
    expect((await world.perform("notify.email", letter, { round: 2 })).outputs["sent"]).toBe(1);
  });
});

describe("calendar entries", () => {
  test("invite, change and withdraw the same event, each replacing the one before", async () => {
    await using world = await startMailing();
    const meeting_id = await world.bridge({ topic: "Status call", duration_minutes: 30 });
    const to = [{ name: "Ana", email: "ana@example.com" }];
    const stages = ["invite", "invite", "cancel"].entries();
    for (const [index, calendar] of stages) {
      if (calendar === "cancel")
        await world.perform("zoom.delete_meeting", { meeting_id }, { step: "delete" });
      await world.mail({ to, meeting_id, calendar }, { step: `mail${index}` });
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    const entries = world.sink.received.map(({ raw }) => invitationIn(raw));
    expect(entries.map((entry) => fieldOf(entry, "METHOD"))).toEqual(["REQUEST", "REQUEST", "CANCEL"]);
    expect(new Set(entries.map((entry) => fieldOf(entry, "UID"))).size).toBe(1);
    const numbers = entries.map((entry) => Number(fieldOf(entry, "SEQUENCE")));
    expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
    expect(entries[0]).toContain("mailto:ana@example.com");
    expect(fieldOf(entries[0]!, "ORGANIZER")).toContain("mailto:incidents@example.com");
    const [first, , last] = world.sink.received;
    expect(first!.raw).toMatch(/Content-Type: text\/calendar; charset=utf-8; method=REQUEST/);
    expect(last!.raw).toMatch(/Content-Type: text\/calendar; charset=utf-8; method=CANCEL/);
    const mail = (await world.sink.mails()).at(-1);
    expect(mail?.subject).toBe("Cancelled: Status call");
    expect(mail?.text).not.toContain("Join the call");
  });

  describe("of a follow-up", () => {
    const startFollowUp = async () => {
      const world = await startMailing();
      const { outputs } = await world.perform("zoom.schedule_follow_up", { topic: "Review" });
      const meeting_id = displayText(outputs["meeting_id"]);
      const gateway = await startGateway({ store: world.store });
      const mailed = async (calendar: string, step: string) => {
        const before = world.sink.received.length;
        await world.mail({ to: ["ana@example.com"], meeting_id, calendar }, { step });
        return world.sink.received.slice(before).map(({ raw }) => invitationIn(raw))[0]!;
      };
      const change = async (fields: Partial<FollowUp>) => {
        const followUp = (await world.store.followUps.get(meeting_id))!;
        await world.store.followUps.save({ ...followUp, ...fields });
        return followUp;
      };
      return {
        world,
        mailed,
        change,
        /** What the calendar link shows. */
        linked: async () => {
          const followUp = (await world.store.followUps.get(meeting_id))!;
          return (await gateway.inject({ url: calendarPath(followUp) })).body.replaceAll("\r\n ", "");
        },
        [Symbol.asyncDispose]: async () => {
          await gateway.close();
          await world[Symbol.asyncDispose]();
        },
      };
    };

    test("are the same event as its calendar link shows, and each later word wins", async () => {
      await using review = await startFollowUp();
      const first = await review.linked();
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const mail = await review.mailed("invite", "mail");
      const changed_at = new Date(Date.now() + 60_000).toISOString();
      await review.change({ start_time: "2033-03-04T16:30:00Z", changed_at });
      const entries = [first, mail, await review.linked()];
      expect(new Set(entries.map((entry) => fieldOf(entry, "UID"))).size).toBe(1);
      const numbers = entries.map((entry) => Number(fieldOf(entry, "SEQUENCE")));
      expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
    });

    test("do not withdraw the meeting that took a withdrawn one's place", async () => {
      await using review = await startFollowUp();
      const followUp = await review.change({ state: "withdrawn" });
      const cancelled = await review.mailed("cancel", "before");
      expect(fieldOf(cancelled, "UID")).toBe(followUp.calendar_uid);
      await review.world.store.followUps.save({ ...followUp, meeting_id: "85746065432", n: 2 });
      expect(await review.mailed("cancel", "after")).toBe("");
    });
  });

  test("are not sent for a meeting that is gone, unless to withdraw it", async () => {
    await using world = await startMailing();
    const failed = await failureOf(world.mail({ ...letter, meeting_id: "85746065432", calendar: "invite" }));
    expect(failed.type).toBe("not_found");
  });
});

describe("a mail's HTML", () => {
  const hostile = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "<script>alert(1)</script>",
      '"><img src=x onerror=alert(1)>',
      "{{{title}}}",
      "{{&title}}",
      "</td><b>",
      "&lt;b&gt;",
    ),
  );
  const notices = fc.record({
    title: hostile,
    text: hostile,
    links: fc.array(fc.record({ title: hostile, url: hostile }), { maxLength: 3 }),
    facts: fc.array(fc.record({ name: hostile, value: hostile }), { maxLength: 3 }),
  });
  const tags = (html: string): string[] =>
    [...html.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replace(/href="[^"]*"/, "href"));
  const ours = new Set(
    tags(
      mailHtml({
        title: "t",
        text: "a\n\nb",
        links: [{ title: "t", url: "u" }],
        facts: [{ name: "n", value: "v" }],
      }),
    ),
  );

  test("has no tag and no attribute but its own, whatever stands in a field", () => {
    fc.assert(
      fc.property(notices, (notice) => {
        const html = mailHtml(notice);
        expect(tags(html).filter((tag) => !ours.has(tag))).toEqual([]);
        expect(html.replaceAll(/<[^>]*>/g, "")).not.toMatch(/[<>"]/);
      }),
      { numRuns: 500 },
    );
  });

  test("shows every field as it was given", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~]{1,40}$/), (text) => {
        const html = mailHtml({ title: text, text: "", links: [], facts: [] });
        const shown = /<h2>(.*)<\/h2>/.exec(html)?.[1] ?? "";
        const read = shown.replaceAll(/&(?:#(\d+)|#x([\dA-F]+)|(\w+));/gi, (_all, decimal, hex, name) =>
          name
            ? ({ amp: "&", lt: "<", gt: ">", quot: '"' } as Record<string, string>)[name]!
            : String.fromCodePoint(Number.parseInt(decimal ?? hex, decimal ? 10 : 16)),
        );
        expect(read).toBe(text);
      }),
    );
  });
});
