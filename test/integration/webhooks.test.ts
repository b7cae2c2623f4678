import { createHmac, randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import type { TimelineKind } from "../../domain/timeline.ts";
import { until } from "../support/until.ts";
import type { Incident } from "./story.ts";
import { declare, flaws, holdCall, kindsOf, wholeStory } from "./story.ts";
import type { Topology } from "./support.ts";
import { startTopology, webhookSecret, withoutPostgres } from "./support.ts";

const minuteMs = 60_000;

type Webhook = { body: string; headers: Record<string, string> };
type Signing = { secret?: string; atMs?: number; requestId?: string };

/** A webhook as Zoom sends it; `secret` and `atMs` make it a forged or an old one. */
const signed = (
  body: string,
  { secret = webhookSecret, atMs = Date.now(), requestId }: Signing = {},
): Webhook => {
  const timestamp = String(Math.floor(atMs / 1000));
  const signature = createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex");
  return {
    body,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "x-zm-request-id": requestId ?? randomUUID().replaceAll("-", "_"),
      "x-zm-request-timestamp": timestamp,
      "x-zm-signature": `v0=${signature}`,
    },
  };
};

const startedBody = (meetingId: string, uuid = "4444AAAiAAAAAiAiAiiAii=="): string =>
  JSON.stringify({
    event: "meeting.started",
    event_ts: Date.now(),
    payload: {
      account_id: "sim-account",
      object: {
        id: meetingId,
        uuid,
        host_id: "x1yCzABCDEfg23HiJKl4mN",
        topic: "Bridge",
        type: 2,
        start_time: new Date().toISOString(),
        duration: 60,
        timezone: "UTC",
      },
    },
  });

(withoutPostgres === undefined ? describe : describe.skip)("A webhook", () => {
  let world: Topology;
  let incident: Incident;
  let meetingId: string;

  beforeAll(async () => {
    world = await startTopology({ title: "webhooks" });
    incident = await declare(world);
    await incident.hear("runbook.waiting");
    meetingId = await incident.meetingId();
  }, 60_000);
  afterEach(() => world.zoom.noFaults());
  afterAll(() => world.close());

  const post = async ({ body, headers }: Webhook): Promise<number> => {
    const answer = await fetch(`${world.gatewayUrl}/webhooks/zoom`, { method: "POST", body, headers });
    await answer.body?.cancel();
    return answer.status;
  };

  /** All that a webhook may change: the timeline, what is known of meetings, and what was signalled to the meeting. */
  const traces = async () => {
    const [events, lives] = await Promise.all([
      world.sql.query("select incident_id, event_id from timeline_events order by incident_id, seq"),
      world.sql.query("select meeting_id, life from meetings order by meeting_id"),
    ]);
    const workflow = world.temporal.client.workflow.getHandle(`meeting-${meetingId}`);
    const { events: history } = await workflow.fetchHistory();
    const signals = history?.filter((event) => event.workflowExecutionSignaledEventAttributes).length;
    return { events, lives, signals };
  };

  const expectNoTrace = async (status: number, webhook: () => Webhook): Promise<void> => {
    const before = await traces();
    expect(await post(webhook())).toBe(status);
    expect(await traces()).toEqual(before);
  };

  const body = () => startedBody(meetingId);
  const refused: [string, () => Webhook][] = [
    ["signed with another secret", () => signed(body(), { secret: "not-the-secret" })],
    ["without a signature", () => ({ body: body(), headers: { "content-type": "application/json" } })],
    [
      "whose body was changed on the way",
      () => ({ ...signed(body()), body: body().replace("Bridge", "Bandit") }),
    ],
    [
      "whose time was changed on the way",
      () => {
        const { headers } = signed(body(), { atMs: Date.now() - 10 * minuteMs });
        const now = String(Math.floor(Date.now() / 1000));
        return { body: body(), headers: { ...headers, "x-zm-request-timestamp": now } };
      },
    ],
    ["of six minutes ago", () => signed(body(), { atMs: Date.now() - 6 * minuteMs })],
    ["from six minutes ahead", () => signed(body(), { atMs: Date.now() + 6 * minuteMs })],
  ];

  test.each(refused)("%s is refused and changes nothing", (_what, webhook) => expectNoTrace(401, webhook));

  test("of a meeting that is not ours is taken and changes nothing", () =>
    expectNoTrace(204, () => signed(startedBody("81234567890"))));

  test("that is genuine counts once: sent again, under another request id too, it changes nothing", async () => {
    const genuine = signed(body());
    expect(await post(genuine)).toBe(204);
    await incident.hear("meeting.started");
    const isWritten = async () =>
      (await world.sql.query("select life from meetings")).some(({ life }) => life) ? true : undefined;
    await until("the meeting's life in the store", isWritten);

    await expectNoTrace(204, () => genuine);
    await expectNoTrace(204, () => signed(genuine.body));
    expect(kindsOf(await incident.timeline()).filter((kind) => kind === "meeting.started")).toHaveLength(1);
  });

  test("that comes twice and in any order makes one event", async () => {
    const { zoom } = world;
    // Zoom doubles some, and the others overtake one another within two seconds.
    await zoom.fault({ kind: "doubleWebhook", probability: 0.4, seed: 3 });
    await zoom.fault({ kind: "shuffleWebhook", delayMs: 2000, seed: 5 });
    await zoom.settings({ recordingDelayMs: 0 });
    const shuffled = await declare(world);
    await shuffled.hear("runbook.waiting");
    await holdCall(world, shuffled);
    await shuffled.hear("runbook.completed");
    const isDelivered = async () =>
      (await zoom.deliveries()).every(({ state }) => state === "delivered") ? true : undefined;
    await until("the last of the shuffled webhooks", isDelivered, { instead: () => zoom.deliveries() });

    const timeline = await shuffled.timeline();
    // Whoever came first may be heard of last: then a second line puts the first one right.
    const ignoring: TimelineKind[] = ["runbook.waiting", "meeting.first_responder"];
    expect(flaws(timeline, wholeStory, { ignoring })).toEqual([]);
    const firsts = timeline.filter(({ kind }) => kind === "meeting.first_responder");
    expect(firsts.map(({ at }) => at)).toEqual(
      firsts
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    );
    expect([1, 2]).toContain(firsts.length);
    const deliveries = await zoom.deliveries();
    expect(deliveries.some(({ attempts }) => attempts.length === 2)).toBe(true);
    expect(deliveries.flatMap(({ attempts }) => attempts).every(({ status }) => status === 204)).toBe(true);
  });
});
