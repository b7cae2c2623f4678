import { expect, test } from "@jest/globals";
import { catalogue } from "../../activities/actions/index.ts";
import { matchOperation, servedOperations } from "../../simulator/operations.ts";
import type { ZoomClient } from "../../zoom/client.ts";
import { createMeeting, getMeeting, listMeetings } from "../../zoom/meetings.ts";
import { collect } from "../../zoom/paging.ts";
import { getPastMeeting, listInstances, listPastParticipants } from "../../zoom/pastMeetings.ts";
import { getRecordings } from "../../zoom/recordings.ts";
import { getUser, listGroupMembers, listGroups, listUsers } from "../../zoom/users.ts";
import { parseWebhook } from "../../zoom/webhookEvents.ts";
import { isKnown } from "../support/contract/deviations.ts";
import { documents } from "../support/contract/documents.ts";
import { exampleOf } from "../support/contract/examples.ts";
import { all } from "../support/contract/operations.ts";
import { describeByDocuments } from "../support/contract/skips.ts";
import { clientOf } from "../zoom/support.ts";

/** Every part of a path that is a parameter, however either side writes it. */
const shapeOf = (path: string): string => path.replace(/\{\w+\}|:\w+/g, "x");

const withoutMaster = (scopes: readonly string[]): string[] =>
  scopes.filter((scope) => !scope.endsWith(":master")).toSorted();

describeByDocuments("what the simulator demands for", () => {
  for (const { method, path, operation } of all) {
    const served = matchOperation(method, shapeOf(path))?.operation;
    if (served === undefined || shapeOf(served.path) !== shapeOf(path)) continue;
    test(`${method} ${path} is Zoom's rate label and Zoom's scopes`, () => {
      expect(served.label).toBe(operation["x-zoom-rate-limit-label"]);
      expect(withoutMaster(served.granular)).toEqual(withoutMaster(operation["x-zoom-granular-scopes"]));
      expect(withoutMaster(served.classic)).toEqual(withoutMaster(operation["x-zoom-classic-scopes"]));
    });
  }

  test("anything is an operation of Zoom's", () => {
    const documented = new Set(all.map(({ method, path }) => `${method} ${shapeOf(path)}`));
    const served = servedOperations.map(({ method, path }) => `${method} ${shapeOf(path)}`);
    const unheard = served.filter((each) => !documented.has(each));
    expect(unheard.filter((each) => !isKnown(`${each}: is no operation of the document`))).toEqual([]);
  });
});

describeByDocuments("the actions", () => {
  test("ask for scopes that Zoom has", () => {
    const known = new Set(
      all.flatMap(({ operation }) => [
        ...operation["x-zoom-granular-scopes"],
        ...operation["x-zoom-classic-scopes"],
      ]),
    );
    const asked = [...catalogue.values()].flatMap(({ scopes }) => scopes.flat());
    expect(asked.filter((scope) => !known.has(scope))).toEqual([]);
  });
});

describeByDocuments("our client reads an answer made of Zoom's examples", () => {
  const calls: [string, (zoom: ZoomClient) => Promise<unknown>][] = [
    ["POST /users/{userId}/meetings", (zoom) => createMeeting(zoom, "me", {})],
    ["GET /users/{userId}/meetings", (zoom) => collect(listMeetings(zoom, "me"))],
    ["GET /meetings/{meetingId}", (zoom) => getMeeting(zoom, "1")],
    ["GET /past_meetings/{meetingId}", (zoom) => getPastMeeting(zoom, "1")],
    ["GET /past_meetings/{meetingId}/instances", (zoom) => listInstances(zoom, "1")],
    ["GET /past_meetings/{meetingId}/participants", (zoom) => listPastParticipants(zoom, "1")],
    ["GET /meetings/{meetingId}/recordings", (zoom) => getRecordings(zoom, "1")],
    ["GET /users/{userId}", (zoom) => getUser(zoom, "me")],
    ["GET /users", (zoom) => collect(listUsers(zoom))],
    ["GET /groups", (zoom) => collect(listGroups(zoom))],
    ["GET /groups/{groupId}/members", (zoom) => collect(listGroupMembers(zoom, "g"))],
  ];

  test.each(calls)("%s", async (name, call) => {
    const found = all.find(({ method, path }) => `${method} ${path}` === name);
    const [status, answer] = Object.entries(found!.operation.responses).find(([code]) => code < "300")!;
    const example = exampleOf(answer.content!["application/json"]!.schema!) as object;
    const json = { ...example, next_page_token: "" };
    const { zoom } = await clientOf(() => ({ status: Number(status), json }));
    const read = await call(zoom);
    expect(Array.isArray(read) ? read.length : Object.keys(read as object).length).toBeGreaterThan(0);
  });
});

describeByDocuments("our reader of webhooks", () => {
  for (const [event, { post }] of Object.entries(documents?.webhooks.webhooks ?? {})) {
    test(`takes Zoom's example of ${event}`, () => {
      const read = parseWebhook(JSON.stringify(post.requestBody.content?.["application/json"]?.example));
      // A problem is named only in an event that we mean to read.
      expect(read).not.toHaveProperty("problem");
      const name = read?.event === "other" ? read.name : read?.event;
      // A webinar's may be read as those of a meeting, which they are but for the name.
      expect([event, event.replace("webinar.", "meeting.")]).toContain(name);
    });
  }

  test("has some to read", () => {
    expect(Object.keys(documents?.webhooks.webhooks ?? {}).length).toBeGreaterThan(70);
  });
});
