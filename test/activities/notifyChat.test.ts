import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { chatCard, chatKinds } from "../../activities/chatCards.ts";
import type { SinkAnswer, SinkRequest } from "../support/httpSink.ts";
import { startHttpSink } from "../support/httpSink.ts";
import { failureOf } from "./failureOf.ts";
import { startActions } from "./world.ts";

const canary = "canary-T0000-B0000";

/** The actions and a server that stands for the three chats, whose webhooks hold a secret each. */
const startChats = async (answer?: (request: SinkRequest) => SinkAnswer) => {
  const sink = await startHttpSink(answer);
  const secrets = new Map([
    ["team_slack", `${sink.url}/slack/${canary}`],
    ["team_teams", `${sink.url}/teams?sig=${canary}`],
    ["team_google", `${sink.url}/google?key=k&token=${canary}`],
    ["not_a_url", canary],
  ]);
  const world = await startActions({ secrets, allow: ["127.0.0.1"] });
  return {
    ...world,
    sink,
    post: (input: Parameters<typeof world.perform>[1], more?: Parameters<typeof world.perform>[2]) =>
      world.perform("notify.chat", input, { step: "chat", ...more }),
    [Symbol.asyncDispose]: async () => {
      await world[Symbol.asyncDispose]();
      await sink[Symbol.asyncDispose]();
    },
  };
};

const slack = { kind: "slack", secret: "team_slack" };
const teams = { kind: "teams", secret: "team_teams" };
const google = { kind: "google_chat", secret: "team_google" };
const message = { channels: [slack], title: "Down", text: "We are down." };

const to = (place: string) => (request: SinkRequest) => request.path.startsWith(place);

describe("posting to chats", () => {
  test("gives each its own card, the join link as a button", async () => {
    await using world = await startChats(({ path }) => ({ status: path.startsWith("/teams") ? 202 : 200 }));
    const meeting_id = await world.bridge();
    const channels = [slack, teams, google];
    const { outputs } = await world.post({ channels, text: "Come & help", meeting_id });

    expect(outputs["sent"]).toBe(3);
    const bodies = ["/slack", "/teams", "/google"].map((place) => {
      const request = world.sink.requests.find(to(place));
      expect(request?.headers["content-type"]).toMatch(/^application\/json/);
      return JSON.parse(request?.body ?? "") as Record<string, unknown>;
    });
    const join = expect.stringMatching(/^https:\/\/us02web\.zoom\.us\/j\/\d+\?pwd=/);
    expect(bodies[0]).toMatchObject({
      text: `Join the call: SEV1 ${world.incidentId}: Checkout is down`,
      blocks: [
        { type: "header", text: { type: "plain_text" } },
        { type: "section", text: { type: "mrkdwn", text: "Come &amp; help" } },
        { type: "section", fields: expect.arrayContaining([]) },
        { type: "actions", elements: [{ type: "button", url: join, style: "primary" }] },
      ],
    });
    expect(bodies[1]).toMatchObject({
      type: "message",
      attachments: [
        {
          contentType: "application/vnd.microsoft.card.adaptive",
          content: { type: "AdaptiveCard", actions: [{ type: "Action.OpenUrl", url: join }] },
        },
      ],
    });
    expect(JSON.stringify(bodies[2])).toContain("Come &amp; help");
    expect(bodies[2]).toMatchObject({ cardsV2: [{ card: { header: { title: expect.any(String) } } }] });
    expect(JSON.stringify(bodies[2])).toMatch(/"openLink":\{"url":"https:\/\/us02web\.zoom\.us\/j\//);
    for (const body of bodies) expect(JSON.stringify(body)).toContain("+49 3055501234 (Germany)");
    const events = await world.timeline();
    expect(events.at(-1)).toMatchObject({
      kind: "notification.sent",
      title: expect.stringMatching(/ to 3 channels$/),
    });
  });

  test("says of each channel what became of it; one that is gone keeps it from no other", async () => {
    await using world = await startChats(({ path }) =>
      path.startsWith("/slack") ? { status: 404, body: `no_service for /slack/${canary}` } : {},
    );
    const missing = { kind: "slack", secret: "nobody_set_it" };
    const { outputs } = await world.post({ ...message, channels: [slack, missing, google] });
    expect(outputs["channels"]).toEqual([
      { ...slack, outcome: "refused", reply: "404 no_service for […]" },
      { ...missing, outcome: "refused", reply: expect.stringContaining('no secret "nobody_set_it"') },
      { ...google, outcome: "sent" },
    ]);
    const [event] = await world.timeline();
    expect(event?.title).toBe('Posted "Down" to 1 of 3 channels');
    expect(event?.detail).toContain("Refused: team_slack (404 no_service for […])");
  });

  test.each([
    ["nobody_set_it", "ZOOM_RUNBOOKS_SECRET_NOBODY_SET_IT"],
    ["not_a_url", 'The secret "not_a_url" is no URL'],
  ])("with the secret %s alone fails, and says what to set", async (secret, why) => {
    await using world = await startChats();
    const failed = await failureOf(world.post({ ...message, channels: [{ kind: "slack", secret }] }));
    expect([failed.type, failed.nonRetryable]).toEqual(["not_configured", true]);
    expect(failed.message).toContain(why);
  });

  test("takes no URL in place of a secret's name", async () => {
    await using world = await startChats();
    const channels = [{ kind: "slack", secret: "https://hooks.slack.com/services/T/B/x" }];
    expect((await failureOf(world.post({ ...message, channels }))).type).toBe("invalid_input");
  });

  test("reaches no private address that the operator did not allow", async () => {
    await using sink = await startHttpSink();
    await using world = await startActions({ secrets: new Map([["team_slack", sink.url]]) });
    const failed = await failureOf(world.perform("notify.chat", message));
    expect([failed.type, failed.nonRetryable]).toEqual(["refused_address", true]);
    expect(sink.requests).toHaveLength(0);
  });
});

describe("a chat that asks to wait", () => {
  test("gets the message later, and the others not again", async () => {
    await using world = await startChats(({ path }) =>
      path.startsWith("/slack") ? { status: 429, headers: { "retry-after": "7" }, body: "rate_limited" } : {},
    );
    const channels = [slack, google];
    const failed = await failureOf(world.post({ ...message, channels }));
    expect([failed.type, failed.nonRetryable, failed.nextRetryDelay]).toEqual(["rate_limited", false, 7000]);
    expect(failed.message).toBe("The message went to 1 of 2, and not yet to team_slack (429 rate_limited).");
    world.sink.rules.answer = () => ({});
    const { outputs } = await world.post({ ...message, channels }, { attempt: 2 });
    expect(outputs["sent"]).toBe(2);
    expect(world.sink.requests.filter(to("/google"))).toHaveLength(1);
    expect(world.sink.requests.filter(to("/slack"))).toHaveLength(2);
  });

  test("may be one of Teams' older webhooks, which answer 200 whatever happened", async () => {
    const body =
      "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId 1.";
    await using world = await startChats(() => ({ body }));
    const failed = await failureOf(world.post({ ...message, channels: [teams] }));
    expect([failed.type, failed.nonRetryable]).toEqual(["rate_limited", false]);
  });
});

describe("posting once", () => {
  test.each([["hangUp" as const], [{ status: 500, body: "rollup_error" }], [{ status: 504 }]])(
    "a message answered with %j may have been posted, is not posted again, and that is said",
    async (answer) => {
      await using world = await startChats(() => answer);
      const { outputs } = await world.post(message);
      expect(outputs["channels"]).toMatchObject([{ outcome: "maybe_sent" }]);
      world.sink.rules.answer = () => ({});
      await world.post(message, { attempt: 2 });
      await world.post(message, { round: 2 });
      expect(world.sink.requests).toHaveLength(1);
      const [event] = await world.timeline();
      expect(event?.detail).toMatch(/^May have been sent, not sent again: team_slack/);
    },
  );

  test("a server that is not there, or says 503, gets it with the next try", async () => {
    await using world = await startChats(() => ({ status: 503 }));
    expect((await failureOf(world.post(message))).type).toBe("unreachable");
    world.sink.rules.answer = () => ({});
    expect((await world.post(message, { attempt: 2 })).outputs["sent"]).toBe(1);
  });
});

test("no webhook's address stands in an output, an event, an error or a delivery", async () => {
  await using world = await startChats(({ path, headers }) => ({
    status: path.startsWith("/google") ? 400 : 200,
    body: `refused: http://${headers.host}${path} token=${canary}`,
  }));
  const { outputs } = await world.post({ ...message, channels: [slack, teams, google] });
  const failed = await failureOf(world.post({ ...message, channels: [google] }, { step: "alone" }));
  const everything = JSON.stringify([outputs, await world.timeline(), failed.message, failed.details]);
  expect(everything).toContain("team_google");
  expect(everything).not.toContain("canary");
  expect(world.sink.requests.map(({ path }) => path).join()).toContain("canary");
});

describe("a card", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 4000 }),
    fc.constantFrom(
      "<!channel> & <https://evil.example|Join>",
      "[Join](https://evil.example)",
      "<b>x</b>",
      "&".repeat(3000),
    ),
  );
  const notices = fc.record({
    title: text.filter((title) => title.trim() !== ""),
    text,
    links: fc.array(fc.record({ title: fc.string({ minLength: 1 }), url: fc.webUrl() }), { maxLength: 6 }),
    facts: fc.array(fc.record({ name: fc.string(), value: text }), { maxLength: 4 }),
  });

  const textsIn = (value: unknown): string[] => {
    if (typeof value === "string") return [value];
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
  };

  test("of Slack mentions nobody, links nowhere by itself and keeps to Slack's limits", () => {
    fc.assert(
      fc.property(notices, (notice) => {
        const card = chatCard("slack", notice) as {
          text: string;
          blocks: { type: string; text?: { text: string }; fields?: { text: string }[] }[];
        };
        const marked = card.blocks.flatMap(({ text: own, fields = [], type }) =>
          type === "header" ? [] : [own?.text ?? "", ...fields.map((field) => field.text)],
        );
        for (const each of [card.text, ...marked]) {
          expect(each).not.toMatch(/[<>]/);
          expect(each).not.toMatch(/&(?!amp;|lt;|gt;)/);
          expect(each.length).toBeLessThanOrEqual(3000);
        }
        expect(card.blocks[0]?.text?.text.length).toBeLessThanOrEqual(150);
      }),
    );
  });

  test("of Teams has no text that is read as Markdown, and fits into 28 KB", () => {
    fc.assert(
      fc.property(notices, (notice) => {
        const body = JSON.stringify(
          chatCard("teams", { ...notice, text: notice.text.slice(0, 3000), facts: [] }),
        );
        expect(body).not.toContain('"TextBlock"');
        expect(body).not.toContain('"FactSet"');
      }),
    );
    const lines = { title: "t", text: "x\n".repeat(1500), links: [], facts: [] };
    expect(Buffer.byteLength(JSON.stringify(chatCard("teams", lines)))).toBeLessThan(21_000);
    const long = { title: "t".repeat(300), text: "\u{4e00}".repeat(3000), links: [], facts: [] };
    expect(Buffer.byteLength(JSON.stringify(chatCard("teams", long)))).toBeLessThan(21_000);
  });

  test("of Google Chat has no tag but line breaks", () => {
    fc.assert(
      fc.property(notices, (notice) => {
        const { cardsV2 } = chatCard("google_chat", { ...notice, title: "t", links: [] }) as {
          cardsV2: object[];
        };
        const shown = textsIn(cardsV2).filter((each) => !notice.facts.some(({ name }) => name === each));
        for (const each of shown) expect(each.replaceAll("<br>", "")).not.toMatch(/[<>]/);
      }),
    );
  });

  test.each(chatKinds)("of %s has no empty part where there is nothing to say", (kind) => {
    const card = chatCard(kind, { title: "t", text: "", links: [], facts: [] });
    expect(textsIn(card)).not.toContain("");
    expect(JSON.stringify(card)).not.toContain('"buttons":[]');
  });
});
