import { expect, test } from "@jest/globals";
import { until } from "../support/until.ts";
import {
  flaws,
  declare,
  kindsOf,
  people,
  recordingDelayMs,
  recordingIsAwaited,
  wholeStory,
} from "./story.ts";
import type { Topology } from "./support.ts";
import { startTopology, withoutPostgres } from "./support.ts";

/** What Zoom did not get an answer for, it sends again after five minutes. */
const retryAfterMs = 300_000;

/** Zoom's clock is behind by nearly all that the gateway grants, so that it may skip those five minutes. */
const behindMs = 285_000;

/** A call's beginning, who joins, and its end: deliveries of one meeting, each after the one before. */
const events = ["meeting.started", "meeting.participant_joined", "meeting.ended", "recording.completed"];

const waitsFor = (world: Topology, lock: { waiting: () => Promise<number> }) =>
  until("the gateway at the lock", async () => ((await lock.waiting()) > 0 ? true : undefined), {
    everyMs: 20,
    instead: () => world.zoom.deliveries(),
  });

/** The gateway dies after it has accepted the event, amid writing down what it means. */
const killedAmidHandingOver = async (world: Topology, act: () => Promise<unknown>): Promise<void> => {
  const { sql, gateway } = world;
  const meetings = await sql.lock("select from meetings for no key update");
  expect(meetings.rows).toBeGreaterThan(0);
  await act();
  await waitsFor(world, meetings);
  await gateway.kill();
  await meetings.release({ cutOff: true });
};

/** The gateway dies before it has looked whose meeting it is. */
const killedBeforeHandingOver = async (world: Topology, act: () => Promise<unknown>): Promise<void> => {
  const restarted = await world.startGateway();
  const incidents = await world.sql.lock("lock table incidents in access exclusive mode");
  await act();
  await waitsFor(world, incidents);
  await restarted.kill();
  await incidents.release({ cutOff: true });
};

(withoutPostgres === undefined ? test : test.skip)(
  "A gateway killed with kill -9 amid webhooks loses none: Zoom sends them again, and none counts twice",
  async () => {
    const clock = { startAtMs: Date.now() - behindMs };
    const world = await startTopology({ title: "killed gateway", simulator: { clock }, events });
    const { zoom, sql } = world;
    try {
      await zoom.settings({ recordingDelayMs, transcriptDelayMs: null });
      const incident = await declare(world);
      await incident.hear("runbook.waiting");
      const meetingId = await incident.meetingId();

      await killedAmidHandingOver(world, () => zoom.join(meetingId, people.ana));
      // Its queue comes to Ana's joining now, and finds nobody at the gateway's address.
      const isRefused = async () =>
        (await zoom.deliveries("meeting.participant_joined")).find(({ state }) => state === "retrying");
      await until("a webhook that nobody takes", isRefused);
      await killedBeforeHandingOver(world, () => zoom.join(meetingId, people.bo));
      const isCutOff = async () =>
        (await zoom.deliveries("meeting.participant_joined")).filter(({ state }) => state === "retrying")[1];
      await until("the second joining without an answer", isCutOff);

      await world.startGateway();
      // The five minutes that pass at Zoom pass for the receipts, too.
      await sql.query("update receipts set accepted_at = accepted_at - interval '5 minutes'");
      await zoom.advance(retryAfterMs);
      await incident.hear("meeting.first_responder");
      await zoom.end(meetingId);
      await incident.hear("attendance.ready");
      await recordingIsAwaited(incident);
      await zoom.advance(recordingDelayMs);
      await incident.hear("runbook.completed");

      const timeline = await incident.timeline();
      const story = wholeStory.filter((kind) => kind !== "recording.started" && kind !== "recording.stopped");
      // What is due again at one moment may come in another order: then who came first is put right.
      const corrections = timeline.filter(({ detail }) =>
        detail?.includes("this puts right what is said above"),
      );
      expect(corrections.length).toBeLessThanOrEqual(1);
      expect(kindsOf(timeline.filter((each) => !corrections.includes(each)))).toEqual(story);
      expect(flaws(timeline, story, { ignoring: ["meeting.first_responder"] })).toEqual([]);
      const attendance = timeline.find(({ kind }) => kind === "attendance.ready");
      expect(attendance?.data).toMatchObject({ count: 2, missing: [people.cy.email] });
      const tries = (await zoom.deliveries()).map(({ event, attempts }) => [
        event,
        ...attempts.map(({ status }) => status),
      ]);
      expect(tries).toEqual([
        ["meeting.started", undefined, 204],
        ["meeting.participant_joined", undefined, 204],
        ["meeting.participant_joined", undefined, 204],
        ["meeting.ended", 204],
        ["recording.completed", 204],
      ]);
    } finally {
      await world.close();
    }
  },
  120_000,
);
