import { describe, expect, test } from "@jest/globals";
import {
  createMeeting,
  deleteMeeting,
  endMeeting,
  findMeetingByMarker,
  getMeeting,
  listMeetings,
  updateMeeting,
} from "../../zoom/meetings.ts";
import { collect } from "../../zoom/paging.ts";
import { getPastMeeting, listInstances, listPastParticipants } from "../../zoom/pastMeetings.ts";
import { getDownloads, getRecordings } from "../../zoom/recordings.ts";
import { zoomTime } from "../../zoom/time.ts";
import { getUser, listGroupMembers, listUsers } from "../../zoom/users.ts";
import type { Handler } from "./support.ts";
import { judgedClientOf as clientOf, failureOf } from "./support.ts";

const meeting = {
  id: 85_746_065_432,
  uuid: "4444AAAiAAAAAiAiAiiAii==",
  host_id: "hostId",
  host_email: "host1@example.com",
  topic: "Checkout is down",
  type: 2,
  status: "waiting",
  start_time: "2026-11-23T20:37:00Z",
  duration: 60,
  timezone: "UTC",
  agenda: "[zr-1]",
  created_at: "2026-11-23T20:36:59Z",
  start_url: "https://us02web.zoom.us/s/85746065432?zak=start-url-secret",
  join_url: "https://us02web.zoom.us/j/85746065432?pwd=abc",
  password: "123456",
  encrypted_password: "encrypted-secret",
  h323_password: "424242",
  pstn_password: "987654",
  dynamic_host_key: "host-key-secret",
  settings: {
    join_before_host: true,
    waiting_room: false,
    auto_recording: "cloud",
    alternative_hosts: "a@example.com;b@example.com",
    meeting_invitees: [{ email: "c@example.com", internal_user: false }],
    custom_keys: [{ key: "k", value: "custom-secret" }],
    jbh_time: 0,
    global_dial_in_numbers: [
      { country: "US", country_name: "US", city: "New York", number: "+1 2125550142", type: "toll" },
      { number: "" },
      { number: "+49 3055501234" },
    ],
  },
};

describe("a meeting", () => {
  test("is created as a scheduled one, with lists of hosts as Zoom writes them", async () => {
    const { zoom, server } = await clientOf(() => ({ status: 201, json: meeting }));
    await createMeeting(zoom, "host1@example.com", {
      topic: "Checkout is down",
      start_time: zoomTime(Date.parse("2026-11-23T20:37:00.789Z")),
      settings: { alternative_hosts: ["a@example.com", "b@example.com"], join_before_host: true },
    });
    expect(server.seen[0]).toMatchObject({ method: "POST", path: "/v2/users/host1@example.com/meetings" });
    expect(JSON.parse(server.seen[0]?.body ?? "")).toEqual({
      type: 2,
      topic: "Checkout is down",
      start_time: "2026-11-23T20:37:00Z",
      settings: { alternative_hosts: "a@example.com;b@example.com", join_before_host: true },
    });
  });

  test("comes back in our words, without what would let somebody be its host", async () => {
    const { zoom } = await clientOf(() => ({ json: meeting }));
    const read = await getMeeting(zoom, "85746065432");
    expect(read).toEqual({
      id: "85746065432",
      uuid: "4444AAAiAAAAAiAiAiiAii==",
      topic: "Checkout is down",
      agenda: "[zr-1]",
      type: 2,
      joinUrl: "https://us02web.zoom.us/j/85746065432?pwd=abc",
      passcode: "123456",
      phonePasscode: "987654",
      startTime: "2026-11-23T20:37:00Z",
      durationMinutes: 60,
      timezone: "UTC",
      status: "waiting",
      hostId: "hostId",
      hostEmail: "host1@example.com",
      createdAt: "2026-11-23T20:36:59Z",
      occurrences: [],
      settings: {
        join_before_host: true,
        waiting_room: false,
        auto_recording: "cloud",
        alternative_hosts: ["a@example.com", "b@example.com"],
        meeting_invitees: [{ email: "c@example.com" }],
        jbh_time: 0,
        global_dial_in_numbers: [
          { number: "+1 2125550142", country_name: "US", city: "New York", type: "toll" },
          { number: "+49 3055501234", country_name: "", city: "", type: "" },
        ],
      },
    });
    const shown = JSON.stringify(read);
    for (const hidden of [
      "start-url-secret",
      "encrypted-secret",
      "host-key-secret",
      "custom-secret",
      "424242",
    ]) {
      expect(shown).not.toContain(hidden);
    }
  });

  test("is read from the little that Zoom may give", async () => {
    const { zoom } = await clientOf(() => ({
      json: {
        id: "123",
        join_url: "https://zoom.us/j/123",
        settings: { auto_recording: 7, jbh_time: "odd" },
        duration: null,
      },
    }));
    expect(await getMeeting(zoom, "123")).toMatchObject({
      id: "123",
      passcode: "",
      durationMinutes: 0,
      status: "waiting",
      startTime: "",
      settings: {},
    });
  });

  test("without an id is no meeting, and after a create that leaves the outcome open", async () => {
    const { zoom } = await clientOf(() => ({ status: 201, json: {} }));
    expect((await failureOf(createMeeting(zoom, "host1@example.com", { topic: "x" }))).code).toBe(
      "outcome_unknown",
    );
    expect((await failureOf(getMeeting(zoom, "1"))).code).toBe("unexpected_answer");
  });

  test("that recurs has its dates, cancelled ones among them", async () => {
    const occurrences = [
      {
        occurrence_id: "1648194360000",
        start_time: "2026-12-01T09:00:00Z",
        duration: 60,
        status: "available",
      },
      { occurrence_id: 1648280760000, start_time: "2026-12-02T09:00:00Z", duration: 30, status: "deleted" },
      { start_time: "of no id" },
    ];
    const { zoom, server } = await clientOf(() => ({ json: { ...meeting, type: 8, occurrences } }));
    const read = await getMeeting(zoom, "1", { occurrenceId: "1648194360000" });
    expect(read.occurrences).toEqual([
      { id: "1648194360000", startTime: "2026-12-01T09:00:00Z", durationMinutes: 60, isCancelled: false },
      { id: "1648280760000", startTime: "2026-12-02T09:00:00Z", durationMinutes: 30, isCancelled: true },
    ]);
    expect(server.seen[0]?.query).toEqual({ occurrence_id: "1648194360000" });
  });

  test("is changed and deleted by its dates", async () => {
    const { zoom, server } = await clientOf(() => ({ status: 204 }));
    await updateMeeting(zoom, "1", { duration: 30 }, { occurrenceId: "7" });
    await deleteMeeting(zoom, "1", { occurrenceId: "7" });
    expect(server.seen.map(({ method, query }) => [method, query["occurrence_id"]])).toEqual([
      ["PATCH", "7"],
      ["DELETE", "7"],
    ]);
  });

  test("is changed, ended and deleted", async () => {
    const { zoom, server } = await clientOf(() => ({ status: 204 }));
    await updateMeeting(zoom, "1", { settings: { waiting_room: true } });
    await endMeeting(zoom, "1");
    await deleteMeeting(zoom, "1");
    await deleteMeeting(zoom, "1", { notifyHosts: true, notifyRegistrants: true });
    expect(server.seen.map(({ method, path, query, body }) => [method, path, query, body])).toEqual([
      ["PATCH", "/v2/meetings/1", {}, '{"settings":{"waiting_room":true}}'],
      ["PUT", "/v2/meetings/1/status", {}, '{"action":"end"}'],
      ["DELETE", "/v2/meetings/1", { schedule_for_reminder: "false", cancel_meeting_reminder: "false" }, ""],
      ["DELETE", "/v2/meetings/1", { schedule_for_reminder: "true", cancel_meeting_reminder: "true" }, ""],
    ]);
  });
});

const listed = (id: number, agenda: string, createdAt = "2026-11-23T20:00:00Z") => ({
  id,
  uuid: `u${id}`,
  topic: "t",
  agenda,
  created_at: createdAt,
});

describe("a list", () => {
  test("is read to its end, page by page", async () => {
    const { zoom, server } = await clientOf(({ query }) =>
      query.next_page_token === "p2/+="
        ? { json: { meetings: [listed(3, "")], next_page_token: "" } }
        : {
            json: {
              meetings: [listed(1, ""), listed(2, ""), { topic: "without id" }],
              next_page_token: "p2/+=",
            },
          },
    );
    const all = await collect(
      listMeetings(zoom, "host1@example.com", { type: "live", from: "2026-11-01", to: "2026-11-30" }),
    );
    expect(all.map(({ id }) => id)).toEqual(["1", "2", "3"]);
    expect(server.seen[0]?.query).toEqual({
      type: "live",
      from: "2026-11-01",
      to: "2026-11-30",
      page_size: "300",
    });
  });

  test("is read no further than it is asked for", async () => {
    const { zoom, server } = await clientOf((_seen, _response, index) => ({
      json: { users: [{ id: `u${index}` }], next_page_token: `p${index}` },
    }));
    for await (const user of listUsers(zoom)) if (user.id === "u1") break;
    expect(server.seen).toHaveLength(2);
  });

  test("that never ends is an error, and so is one that is no list", async () => {
    const { zoom, server } = await clientOf(() => ({ json: { users: [], next_page_token: "again" } }));
    expect((await failureOf(collect(listUsers(zoom)))).code).toBe("unexpected_answer");
    expect(server.seen).toHaveLength(2);
    const endless = await clientOf((_seen, _response, index) => ({
      json: { users: [], next_page_token: `p${index}` },
    }));
    expect((await failureOf(collect(listUsers(endless.zoom)))).code).toBe("unexpected_answer");
    expect(endless.server.seen).toHaveLength(100);
    const none = await clientOf(() => ({ json: {} }));
    expect((await failureOf(collect(listUsers(none.zoom)))).code).toBe("unexpected_answer");
  });
});

describe("the search for a marker", () => {
  const serve =
    (lists: Record<string, object[]>): Handler =>
    ({ path, query }) => {
      if (path.startsWith("/v2/users"))
        return { json: { meetings: lists[query.type ?? ""] ?? [], next_page_token: "" } };
      const id = Number(path.split("/").at(-1));
      return id === 404
        ? { status: 404, json: { code: 3001, message: "gone" } }
        : { json: { ...meeting, id } };
    };

  test("finds the newest of several", async () => {
    const { zoom } = await clientOf(
      serve({
        scheduled: [
          listed(1, "[zr-a] x", "2026-11-23T20:00:00Z"),
          listed(2, "[zr-a] y", "2026-11-23T20:00:09Z"),
          listed(3, "[zr-b] z", "2026-11-23T21:00:00Z"),
        ],
      }),
    );
    expect(await findMeetingByMarker(zoom, "host1@example.com", "[zr-a]")).toMatchObject({
      id: "2",
      passcode: "123456",
    });
  });

  test("looks among live meetings too", async () => {
    const { zoom, server } = await clientOf(serve({ live: [listed(5, "[zr-a]")] }));
    expect(await findMeetingByMarker(zoom, "host1@example.com", "[zr-a]")).toMatchObject({ id: "5" });
    expect(server.seen.map(({ query }) => query.type)).toEqual(["scheduled", "live", undefined]);
  });

  test("finds none if there is none, or if it has just gone", async () => {
    const { zoom } = await clientOf(serve({ scheduled: [listed(404, "[zr-a]")] }));
    expect(await findMeetingByMarker(zoom, "host1@example.com", "[zr-a]")).toBeUndefined();
    expect(await findMeetingByMarker(zoom, "host1@example.com", "[zr-q]")).toBeUndefined();
  });

  test("says when it could not look", async () => {
    const { zoom } = await clientOf(() => ({ status: 500 }));
    expect((await failureOf(findMeetingByMarker(zoom, "host1@example.com", "[zr-a]"))).code).toBe(
      "unavailable",
    );
  });
});

describe("what is over", () => {
  const row = {
    id: "",
    user_id: "16778240",
    name: "Ana",
    user_email: "",
    join_time: "2026-07-29T23:55:56Z",
    leave_time: "2026-07-30T00:01:25Z",
    duration: 329,
    status: "in_meeting",
  };

  test("has a start and an end", async () => {
    const { zoom, server } = await clientOf(() => ({
      json: {
        id: 5,
        uuid: "a/b==",
        start_time: "2026-07-29T23:55:56Z",
        end_time: "2026-07-30T00:03:26Z",
        duration: 8,
        participants_count: 2,
      },
    }));
    expect(await getPastMeeting(zoom, "a/b==")).toMatchObject({
      id: "5",
      uuid: "a/b==",
      startMs: Date.parse("2026-07-29T23:55:56Z"),
      endMs: Date.parse("2026-07-30T00:03:26Z"),
      participantsCount: 2,
    });
    expect(server.seen[0]?.path).toBe("/v2/past_meetings/a%2Fb%3D%3D");
  });

  test("has sessions", async () => {
    const { zoom } = await clientOf(() => ({
      json: { meetings: [{ uuid: "a==", start_time: "2026-07-29T23:55:56Z" }, { uuid: "b==" }] },
    }));
    expect(await listInstances(zoom, "5")).toEqual([
      { uuid: "a==", startMs: Date.parse("2026-07-29T23:55:56Z") },
      { uuid: "b==" },
    ]);
  });

  test("had people, with what is known of them", async () => {
    const { zoom } = await clientOf(({ query }) =>
      query.next_page_token === undefined
        ? { json: { participants: [row], next_page_token: "p2" } }
        : {
            json: {
              participants: [
                {
                  ...row,
                  id: "u1",
                  user_email: "bo@example.com",
                  status: "in_waiting_room",
                  leave_time: undefined,
                },
              ],
              next_page_token: "",
            },
          },
    );
    const joinMs = Date.parse(row.join_time);
    expect(await listPastParticipants(zoom, "5")).toEqual([
      {
        connectionId: "16778240",
        name: "Ana",
        joinMs,
        leaveMs: Date.parse(row.leave_time),
        durationSeconds: 329,
        inWaitingRoom: false,
      },
      {
        userId: "u1",
        connectionId: "16778240",
        name: "Ana",
        email: "bo@example.com",
        joinMs,
        leaveMs: joinMs + 329_000,
        durationSeconds: 329,
        inWaitingRoom: true,
      },
    ]);
  });

  test("is in a report where the plan forbids the list", async () => {
    const forbidden = { status: 400, json: { code: 200, message: "Only available for paid account: a" } };
    const { zoom, server } = await clientOf(({ path }) =>
      path.startsWith("/v2/report") ? { json: { participants: [row], next_page_token: "" } } : forbidden,
    );
    expect((await failureOf(listPastParticipants(zoom, "5"))).code).toBe("plan");
    expect(await listPastParticipants(zoom, "/a==", { orReport: true })).toHaveLength(1);
    expect(server.seen.at(-1)?.path).toBe("/v2/report/meetings/%252Fa%253D%253D/participants");
    const both = await clientOf(({ path }) =>
      path.startsWith("/v2/report")
        ? { status: 400, json: { code: 4711, message: "scopes:[report:read:admin]" } }
        : forbidden,
    );
    expect((await failureOf(listPastParticipants(both.zoom, "5", { orReport: true }))).code).toBe("plan");
  });
});

describe("recordings", () => {
  const recordings = {
    id: 5,
    uuid: "a==",
    topic: "t",
    share_url: "https://zoom.us/rec/share/x?pwd=p",
    password: "rec-pass",
    download_access_token: "download-secret",
    recording_files: [
      {
        id: "f",
        file_type: "MP4",
        file_size: 12,
        download_url: "https://zoom.us/rec/download/x?access_token=download-secret&a=1",
      },
    ],
  };

  test("come without tokens", async () => {
    const { zoom, server } = await clientOf(() => ({ json: recordings }));
    const read = await getRecordings(zoom, "5");
    expect(read).toMatchObject({
      meetingId: "5",
      uuid: "a==",
      shareUrl: "https://zoom.us/rec/share/x?pwd=p",
      passcode: "rec-pass",
    });
    expect(read.files[0]).toMatchObject({
      fileType: "MP4",
      bytes: 12,
      downloadUrl: "https://zoom.us/rec/download/x?a=1",
      startedAt: "",
    });
    expect(JSON.stringify(read)).not.toContain("download-secret");
    expect(server.seen[0]?.query).toEqual({});
  });

  test("give their token when it is asked for", async () => {
    const { zoom, server } = await clientOf(() => ({ json: recordings }));
    const { downloadToken, recordings: found } = await getDownloads(zoom, "5", 60);
    expect(downloadToken).toBe("download-secret");
    expect(JSON.stringify(found)).not.toContain("download-secret");
    expect(server.seen[0]?.query).toEqual({ include_fields: "download_access_token", ttl: "60" });
  });

  test("that are not there may come or not", async () => {
    const { zoom } = await clientOf(() => ({
      status: 404,
      json: { code: 3301, message: "録画がありません" },
    }));
    expect(await failureOf(getRecordings(zoom, "5"))).toMatchObject({ code: "not_ready", mayBeAbsent: true });
  });
});

describe("users", () => {
  test("say whether they are licensed, and nothing private", async () => {
    const { zoom } = await clientOf(() => ({
      json: {
        id: "u1",
        email: "host1@example.com",
        first_name: "Ana",
        last_name: "Ng",
        type: 2,
        status: "active",
        timezone: "UTC",
        pmi: 5_551_234_567,
        phone_number: "+1555",
        host_key: "998877",
      },
    }));
    expect(await getUser(zoom, "host1@example.com")).toEqual({
      id: "u1",
      email: "host1@example.com",
      name: "Ana Ng",
      type: 2,
      isLicensed: true,
      status: "active",
      timezone: "UTC",
    });
  });

  test("of a group may have no id yet", async () => {
    const { zoom, server } = await clientOf(() => ({
      json: {
        members: [{ id: "u1", email: "a@example.com", first_name: "A", type: 1 }, { email: "b@example.com" }],
        next_page_token: "",
      },
    }));
    expect(await collect(listGroupMembers(zoom, "g1"))).toEqual([
      { id: "u1", email: "a@example.com", name: "A", isLicensed: false },
      { email: "b@example.com", name: "", isLicensed: false },
    ]);
    expect(server.seen[0]?.path).toBe("/v2/groups/g1/members");
  });
});
