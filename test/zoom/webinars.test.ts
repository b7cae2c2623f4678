import { describe, expect, test } from "@jest/globals";
import { addPanelists, listPanelists } from "../../zoom/panelists.ts";
import { listAbsentees, listWebinarInstances, listWebinarParticipants } from "../../zoom/pastWebinars.ts";
import {
  createWebinar,
  endWebinar,
  findWebinarByMarker,
  getWebinar,
  updateWebinar,
} from "../../zoom/webinars.ts";
import { parseWebhook } from "../../zoom/webhookEvents.ts";
import { webhookIdentity } from "../../zoom/webhookIdentity.ts";
import { clientOf, failureOf } from "./support.ts";

const webinar = {
  id: 95_746_065_432,
  uuid: "m3WqMkvuRXyYqH+eKWhk9w==",
  host_id: "hostId",
  host_email: "host1@example.com",
  topic: "Briefing",
  type: 5,
  agenda: "[zr-1]\nWhat happened",
  start_time: "2026-11-23T20:37:00Z",
  duration: 60,
  created_at: "2026-11-23T20:36:59Z",
  start_url: "https://us02web.zoom.us/s/95746065432?zak=start-url-secret",
  join_url: "https://us02web.zoom.us/j/95746065432?pwd=abc",
  registration_url: "https://us02web.zoom.us/webinar/register/WN_1",
  password: "123456",
  encrypted_passcode: "encrypted-secret",
  h323_passcode: "424242",
  settings: {
    host_video: true,
    practice_session: true,
    approval_type: 0,
    alternative_hosts: "a@example.com,b@example.com",
    question_and_answer: { enable: true, answer_questions: "all" },
  },
};

describe("a webinar", () => {
  test("is created as one at a time of its own", async () => {
    const { zoom, server } = await clientOf(() => ({ status: 201, json: webinar }));
    await createWebinar(zoom, "host1@example.com", {
      topic: "Briefing",
      settings: { practice_session: true },
    });
    expect(server.seen[0]).toMatchObject({ method: "POST", path: "/v2/users/host1@example.com/webinars" });
    expect(JSON.parse(server.seen[0]?.body ?? "")).toEqual({
      type: 5,
      topic: "Briefing",
      settings: { practice_session: true },
    });
  });

  test("comes back in our words, without what would let somebody be its host", async () => {
    const { zoom } = await clientOf(() => ({ json: webinar }));
    const read = await getWebinar(zoom, "95746065432");
    expect(read).toEqual({
      id: "95746065432",
      uuid: "m3WqMkvuRXyYqH+eKWhk9w==",
      occurrences: [],
      topic: "Briefing",
      agenda: "[zr-1]\nWhat happened",
      joinUrl: "https://us02web.zoom.us/j/95746065432?pwd=abc",
      registrationUrl: "https://us02web.zoom.us/webinar/register/WN_1",
      passcode: "123456",
      startTime: "2026-11-23T20:37:00Z",
      durationMinutes: 60,
      hostEmail: "host1@example.com",
      settings: {
        host_video: true,
        practice_session: true,
        approval_type: 0,
        alternative_hosts: ["a@example.com", "b@example.com"],
        question_and_answer: { enable: true },
      },
    });
    expect(JSON.stringify(read)).not.toMatch(/secret|424242/);
  });

  test("without registration and with settings of an unknown kind is read all the same", async () => {
    const { registration_url: _none, ...rest } = webinar;
    const { zoom } = await clientOf(() => ({ json: { ...rest, settings: { host_video: "perhaps" } } }));
    expect(await getWebinar(zoom, "95746065432")).toMatchObject({ settings: {}, registrationUrl: undefined });
  });

  test("is ended with an answer of 200, which may carry a refusal", async () => {
    const { zoom, server } = await clientOf((_seen, _response, index) =>
      index === 0
        ? { status: 200, text: "" }
        : {
            json: {
              code: 200,
              message: "Webinar plan subscription is missing. Enable webinar for this user.",
            },
          },
    );
    await endWebinar(zoom, "95746065432");
    expect(server.seen[0]).toMatchObject({ method: "PUT", path: "/v2/webinars/95746065432/status" });
    const failed = await failureOf(endWebinar(zoom, "95746065432"));
    expect([failed.code, failed.retryable]).toEqual(["plan", false]);
  });

  test("is refused for want of a licence with a word on the licence", async () => {
    const message =
      "Webinar plan is missing. You must subscribe to the webinar plan and enable webinars for user abc in order to perform this action.";
    const { zoom } = await clientOf(() => ({ status: 400, json: { code: 200, message } }));
    const failed = await failureOf(updateWebinar(zoom, "95746065432", { topic: "x" }));
    expect(failed.code).toBe("plan");
    expect(failed.advice).toContain("Zoom Webinars licence");
  });

  test("that Zoom does not permit is another matter", async () => {
    const { zoom } = await clientOf(() => ({ status: 400, json: { code: 200, message: "No permission." } }));
    expect((await failureOf(getWebinar(zoom, "95746065432"))).code).toBe("permission");
  });

  test("is found by its marker, the newest of several, on whatever page", async () => {
    const page = (id: number, created_at: string, agenda = "[zr-1]\nx") => ({
      ...webinar,
      id,
      created_at,
      agenda,
    });
    const { zoom } = await clientOf(({ path, query }) => {
      if (path.startsWith("/v2/webinars/"))
        return { json: { ...webinar, id: Number(path.split("/").at(-1)) } };
      return query["next_page_token"] === "2"
        ? { json: { webinars: [page(92, "2026-11-23T21:00:00Z")], next_page_token: "" } }
        : {
            json: {
              webinars: [page(91, "2026-11-23T20:00:00Z"), page(93, "2026-11-23T22:00:00Z", "[zr-2]")],
              next_page_token: "2",
            },
          };
    });
    expect((await findWebinarByMarker(zoom, "host1@example.com", "[zr-1]"))?.id).toBe("92");
    expect(await findWebinarByMarker(zoom, "host1@example.com", "[zr-3]")).toBeUndefined();
  });
});

describe("panelists", () => {
  test("are read without the links that would let somebody in as one", async () => {
    const { zoom } = await clientOf(() => ({
      json: {
        total_records: 1,
        panelists: [
          { id: "p", name: "Ana", email: "ana@example.com", join_url: "https://zoom.us/w/1?tk=secret" },
        ],
      },
    }));
    expect(await listPanelists(zoom, "95746065432")).toEqual([{ name: "Ana", email: "ana@example.com" }]);
  });

  test("are added in one request", async () => {
    const { zoom, server } = await clientOf(() => ({ status: 201, json: { id: "1", updated_at: "" } }));
    await addPanelists(zoom, "95746065432", [{ name: "Ana", email: "ana@example.com" }]);
    expect(server.seen).toHaveLength(1);
    expect(JSON.parse(server.seen[0]?.body ?? "")).toEqual({
      panelists: [{ name: "Ana", email: "ana@example.com" }],
    });
  });
});

describe("a webinar that is over", () => {
  test("has sessions, people and absentees in places of their own, UUIDs encoded as Zoom asks", async () => {
    const { zoom, server } = await clientOf(({ path }) => ({
      json: path.endsWith("instances")
        ? { webinars: [{ uuid: "/a==", start_time: "2026-11-23T20:37:00Z" }] }
        : path.endsWith("absentees")
          ? {
              registrants: [
                { email: "a@example.com", first_name: "A", last_name: "B" },
                { email: "c@example.com", first_name: "", last_name: "" },
              ],
            }
          : { participants: [{ name: "Ana", join_time: "2026-11-23T20:37:00Z", duration: 60 }] },
    }));
    expect(await listWebinarInstances(zoom, "95746065432")).toEqual([
      { uuid: "/a==", startMs: Date.parse("2026-11-23T20:37:00Z") },
    ]);
    expect(await listWebinarParticipants(zoom, "/a==")).toMatchObject([{ name: "Ana", durationSeconds: 60 }]);
    expect(await listAbsentees(zoom, "/a==")).toEqual([
      { email: "a@example.com", name: "A B" },
      { email: "c@example.com", name: "c@example.com" },
    ]);
    expect(server.seen.map(({ path }) => path)).toEqual([
      "/v2/past_webinars/95746065432/instances",
      "/v2/past_webinars/%252Fa%253D%253D/participants",
      "/v2/past_webinars/%252Fa%253D%253D/absentees",
    ]);
  });
});

describe("a webhook of a webinar", () => {
  const object = {
    id: "95746065432",
    uuid: "m3WqMkvuRXyYqH+eKWhk9w==",
    topic: "Briefing",
    type: 5,
    start_time: "2026-11-23T20:37:00Z",
  };
  const read = (event: string, more: object = {}) =>
    parseWebhook(
      JSON.stringify({
        event,
        event_ts: 1_795_466_220_000,
        payload: { account_id: "acc", object: { ...object, ...more } },
      }),
    )!;

  test.each([
    ["webinar.started", "meeting.started", {}],
    ["webinar.ended", "meeting.ended", { end_time: "2026-11-23T21:37:00Z", practice_session: true }],
    [
      "webinar.participant_joined",
      "meeting.participant_joined",
      { participant: { user_id: "1", user_name: "Ana" } },
    ],
    [
      "webinar.participant_left",
      "meeting.participant_left",
      { participant: { user_id: "1", user_name: "Ana" } },
    ],
    ["webinar.deleted", "meeting.deleted", {}],
  ])("%s says what %s says", (name, same, more) => {
    const event = read(name, more);
    expect(event).toEqual(read(same, more));
    expect(event).toMatchObject({ event: same, meeting: { id: "95746065432" } });
    expect(webhookIdentity(event)).toBe(webhookIdentity(read(same, more)));
  });
});
