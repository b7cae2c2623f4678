import { Writable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { pino } from "pino";
import type { FollowUp } from "../../domain/followUp.ts";
import { calendarPath } from "../../domain/followUp.ts";
import type { TestGateway } from "./startGateway.ts";
import { aMeeting, anIncident, bearer, startGateway } from "./startGateway.ts";

let gateway: TestGateway;
beforeAll(async () => void (gateway = await startGateway()));
afterAll(() => gateway.close());

let meetings = 0;

const aFollowUp = (over: Partial<FollowUp> = {}): FollowUp => ({
  meeting_id: "85746065432",
  incident_id: "inc-1",
  runbook: "follow-up",
  step: "review",
  n: 1,
  state: "ahead",
  resolved_at: "2030-03-01T10:00:00.000Z",
  start_time: "2030-03-04T09:00:00Z",
  duration_minutes: 45,
  remind_before_ms: [3_600_000, 900_000],
  calendar_uid: "followup-inc-1-follow-up-review-1@zoom-runbooks",
  calendar_sequence: 0,
  calendar_token: "token-of-the-first",
  changed_at: "2030-03-01T10:00:05.000Z",
  request: {
    incidentId: "inc-1",
    executionId: "runbook-inc-1-follow-up-1",
    runbook: "follow-up",
    step: "review",
    title: "Schedule the review",
    round: 1,
    input: { topic: "Review", agenda: "The agenda", invitees: ["ana@example.com"] },
  },
  ...over,
});

/** A follow-up of an incident of its own. */
const stored = async (over: Partial<FollowUp> = {}): Promise<FollowUp> => {
  meetings += 1;
  const incident_id = over.incident_id ?? `inc-${meetings}`;
  const followUp = aFollowUp({ meeting_id: String(85_000_000_000 + meetings), ...over, incident_id });
  const { meeting_id } = followUp;
  const topic = "INC-1 Checkout, down - Review";
  await gateway.store.incidents.declare(anIncident({ id: incident_id, summary: "The summary" }));
  await gateway.store.meetings.save(
    aMeeting({ meeting_id, incident_id, topic, passcode: "271828", purpose: "follow_up" }),
  );
  await gateway.store.followUps.save(followUp);
  return followUp;
};

const linesOf = (text: string): string[] => text.replaceAll("\r\n ", "").split("\r\n");

const sequenceIn = (lines: string[]): number =>
  Number(lines.find((line) => line.startsWith("SEQUENCE:"))?.split(":")[1]);

const entryOf = async (followUp: FollowUp) => gateway.inject({ url: calendarPath(followUp) });

describe("A follow-up's calendar entry", () => {
  test("is there for whoever has the link, with the meeting's time and place", async () => {
    const answer = await entryOf(await stored());
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["content-type"]).toBe("text/calendar; charset=utf-8");
    expect(answer.headers["cache-control"]).toBe("private, no-cache");
    expect(linesOf(answer.body)).toEqual(
      expect.arrayContaining([
        "METHOD:PUBLISH",
        "UID:followup-inc-1-follow-up-review-1@zoom-runbooks",
        "DTSTART:20300304T090000Z",
        "DTEND:20300304T094500Z",
        String.raw`SUMMARY:INC-1 Checkout\, down - Review`,
        "URL:https://zoom.test/j/85746065432",
        "TRIGGER:-PT15M",
      ]),
    );
  });

  test("tells nothing else: no people, no agenda, nothing of the incident", async () => {
    const { body } = await entryOf(await stored());
    expect(body).not.toMatch(/ana@example\.com|The agenda|The summary|ATTENDEE/);
  });

  test("shows the new time when the meeting has moved", async () => {
    const followUp = await stored();
    const before = linesOf((await entryOf(followUp)).body);
    await gateway.store.followUps.save({
      ...followUp,
      start_time: "2030-03-05T09:00:00Z",
      changed_at: "2030-03-01T10:01:05.000Z",
    });
    const after = linesOf((await entryOf(followUp)).body);
    expect(after).toContain("DTSTART:20300305T090000Z");
    expect(sequenceIn(after)).toBe(sequenceIn(before) + 60);
  });

  test.each(["withdrawn", "gone"] as const)("says that a meeting which is %s is cancelled", async (state) => {
    const answer = await entryOf(await stored({ state }));
    expect(linesOf(answer.body)).toEqual(expect.arrayContaining(["METHOD:CANCEL", "STATUS:CANCELLED"]));
  });

  test("goes on as the entry of the meeting that took a withdrawn one's place", async () => {
    const first = await stored({ state: "withdrawn" });
    const { incident_id } = first;
    await stored({ incident_id, n: 2, start_time: "2030-04-01T08:00:00Z" });
    const lines = linesOf((await entryOf(first)).body);
    expect(lines).toEqual(expect.arrayContaining(["STATUS:CONFIRMED", "DTSTART:20300401T080000Z"]));
  });

  test("is not that of a later meeting which has nothing to do with it", async () => {
    const first = await stored();
    const { incident_id } = first;
    await stored({ incident_id, n: 2, start_time: "2031-01-01T08:00:00Z", calendar_uid: "another" });
    expect(linesOf((await entryOf(first)).body)).toContain("DTSTART:20300304T090000Z");
  });

  test("is not there for a wrong, an empty or a shortened token, or another meeting: the answers are alike", async () => {
    const { meeting_id } = await stored();
    const urls = [
      `/calendar/${meeting_id}/wrong.ics`,
      `/calendar/${meeting_id}/.ics`,
      `/calendar/${meeting_id}/token-of-the-firs.ics`,
      `/calendar/${meeting_id}/token-of-the-first`,
      "/calendar/85999999999/token-of-the-first.ics",
      "/calendar/85999999999/.ics",
      "/calendar/nonsense/token-of-the-first.ics",
    ];
    const answers = await Promise.all(urls.map((url) => gateway.inject({ url })));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(urls.map(() => 404));
    expect(new Set(answers.map((answer) => answer.json().detail)).size).toBe(1);
  });

  test("has its requests limited", async () => {
    await using limited = await startGateway({ store: gateway.store });
    const url = calendarPath(await stored());
    const answers = [];
    for (let n = 0; n < 61; n += 1) answers.push((await limited.inject({ url })).statusCode);
    expect(answers.filter((status) => status === 200)).toHaveLength(60);
    expect(answers.at(-1)).toBe(429);
  });

  test("leaves its token in no log", async () => {
    const lines: string[] = [];
    const stream = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        lines.push(chunk.toString());
        done();
      },
    });
    await using logging = await startGateway({ store: gateway.store, log: pino({ level: "trace" }, stream) });
    const followUp = await stored({ calendar_token: "very-secret-token" });
    await logging.inject({ url: calendarPath(followUp) });
    await logging.inject({ url: `${calendarPath(followUp)}x` });
    expect(lines.join("")).toContain("/calendar/…");
    expect(lines.join("")).not.toContain("very-secret-token");
  });
});

describe("Replacing a calendar link", () => {
  const replace = (id: string) =>
    gateway.inject({
      method: "POST",
      url: `/api/meetings/${id}/calendar-link`,
      headers: bearer("responder"),
    });

  test("makes the old one lead nowhere, also the one of the meeting before", async () => {
    const first = await stored({ state: "withdrawn" });
    const { incident_id } = first;
    const second = await stored({ incident_id, n: 2 });
    const answer = await replace(first.meeting_id);
    expect(answer.statusCode).toBe(200);
    const { ics_url } = answer.json() as { ics_url: string };
    expect(ics_url).toMatch(/^http:\/\/gateway\.test\/calendar\/\d+\/[\w-]{32}\.ics$/);
    expect((await entryOf(first)).statusCode).toBe(404);
    expect((await entryOf(second)).statusCode).toBe(404);
    expect((await gateway.inject({ url: new URL(ics_url).pathname })).statusCode).toBe(200);
  });

  test("says when the meeting is no follow-up", async () => {
    expect((await replace("85999999999")).statusCode).toBe(404);
  });
});
