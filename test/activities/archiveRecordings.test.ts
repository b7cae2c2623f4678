import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import type { Json } from "../../domain/plan.ts";
import type { World } from "./world.ts";
import { failureOf } from "./failureOf.ts";
import { startActions } from "./world.ts";

const minuteMs = 60_000;

/** A call of two minutes that was recorded, everything there. */
const recordedCall = async (world: World): Promise<string> => {
  const meetingId = await world.bridge();
  for (const name of ["Ana", "Bo"]) await world.control(`/meetings/${meetingId}/join`, { name });
  await world.control("/clock", { advanceMs: 2 * minuteMs });
  await world.control(`/meetings/${meetingId}/end`, {});
  await world.control("/clock", { advanceMs: minuteMs });
  return meetingId;
};

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(folder, name)).isFile())
    .toSorted();

type Request = { method: string; path: string; status: number | null };

const requests = async (world: World, path: RegExp): Promise<Request[]> =>
  (await world.control<{ requests: Request[] }>("/requests")).requests.filter((each) => path.test(each.path));

const archive = (world: World, meeting_id: string, more: { [field: string]: Json } = {}, attempt = 1) =>
  world.perform("zoom.archive_recordings", { meeting_id, ...more }, { step: "archive", attempt });

const inZoom = async (world: World) => {
  const { meetings } = await world.control<{
    meetings: { sessions: { recording?: { trashed: boolean; files: unknown[] } }[] }[];
  }>("/state");
  return meetings.flatMap(({ sessions }) => sessions.map(({ recording }) => recording));
};

describe("archiving recordings", () => {
  test("takes a new link for what was listed too long ago, and ends with every file", async () => {
    await using world = await startActions();
    await world.control("/settings", { downloadLinkMs: 1000 });
    const meetingId = await recordedCall(world);
    const slow = { kind: "slow", delayMs: 1500, path: "/rec/download/", times: 1 };
    await world.control("/faults", slow);
    expect((await archive(world, meetingId)).outputs).toMatchObject({ status: "archived" });
    const downloads = await requests(world, /^\/rec\/download\//);
    expect(downloads.filter(({ status }) => status === 401 || status === 403).length).toBeGreaterThan(0);
  });

  test("copies every file whole, in a folder of the incident, the meeting and the session", async () => {
    await using world = await startActions();
    await world.control("/settings", { recordingExtras: ["CHAT", "TIMELINE"] });
    const meetingId = await recordedCall(world);
    const { outputs } = await archive(world, meetingId);

    expect(outputs).toMatchObject({ status: "archived", deleted_in_zoom: "no", reason: null });
    const files = outputs["files"] as { key: string; type: string; bytes: number }[];
    expect(files.map(({ type }) => type).toSorted()).toEqual([
      "CHAT",
      "M4A",
      "MP4",
      "TIMELINE",
      "TRANSCRIPT",
    ]);
    for (const { key, bytes } of files) {
      expect(key).toMatch(
        new RegExp(`^${world.incidentId}/${meetingId}/\\d{4}-\\d\\d-\\d\\dT\\d{6}Z/\\d.*-\\w+\\.\\w+$`),
      );
      expect(statSync(join(world.folder, key)).size).toBe(bytes);
    }
    const [vtt] = files.filter(({ type }) => type === "TRANSCRIPT");
    expect(readFileSync(join(world.folder, vtt!.key), "utf8")).toMatch(/^WEBVTT/);
    expect(filesBelow(world.folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  test("tells the timeline where they lie, and nobody a token or a link that opens them", async () => {
    await using world = await startActions();
    const meetingId = await recordedCall(world);
    const { outputs } = await archive(world, meetingId);
    const events = await world.timeline();
    expect(events.map(({ kind }) => kind)).toEqual([
      "bridge.ready",
      "recording.ready",
      "transcript.ready",
      "recording.archived",
    ]);
    const manifest = filesBelow(world.folder).find((name) => name.endsWith("recording.json"));
    const told = JSON.stringify([outputs, events]) + readFileSync(join(world.folder, manifest!), "utf8");
    expect(told).not.toMatch(/sim-secret|ticket|\/rec\/(download|file)/);
  });

  test("a second try fetches only what the first did not finish", async () => {
    await using world = await startActions();
    const meetingId = await recordedCall(world);
    // The third download breaks off, however often it is begun.
    await world.control("/faults", {
      kind: "status",
      status: 503,
      path: "/rec/download/",
      skip: 2,
      times: 1,
    });
    const failed = await failureOf(archive(world, meetingId));
    expect([failed.type, failed.nonRetryable]).toEqual(["unavailable", false]);
    const before = (await requests(world, /^\/rec\/file\//)).length;
    expect(before).toBe(2);

    const { outputs } = await archive(world, meetingId, {}, 2);
    expect(outputs["files"]).toHaveLength(3);
    expect((await requests(world, /^\/rec\/file\//)).length - before).toBe(1);
  });

  test("a file of the wrong size in the archive is fetched again", async () => {
    await using world = await startActions();
    const meetingId = await recordedCall(world);
    const { outputs } = await archive(world, meetingId);
    const [first] = outputs["files"] as { key: string; bytes: number }[];
    writeFileSync(join(world.folder, first!.key), "half");
    await archive(world, meetingId);
    expect(statSync(join(world.folder, first!.key)).size).toBe(first!.bytes);
  });

  test("an address that went stale is asked for anew", async () => {
    await using world = await startActions();
    const meetingId = await recordedCall(world);
    await world.control("/faults", { kind: "status", status: 401, path: "/rec/download/", times: 1 });
    const { outputs } = await archive(world, meetingId);
    expect(outputs["status"]).toBe("archived");
  });

  test("a page in place of a file is a refusal, and nothing of it is kept", async () => {
    await using world = await startActions();
    const meetingId = await recordedCall(world);
    const page = "<p>Only the host can download this recording.</p>";
    await world.control("/faults", {
      kind: "status",
      status: 200,
      body: page,
      headers: { "content-type": "text/html" },
      path: "/rec/download/",
    });
    const failed = await failureOf(archive(world, meetingId));
    expect([failed.type, failed.nonRetryable]).toEqual(["permission", true]);
    expect(filesBelow(world.folder)).toEqual([]);
  });

  test("a file that comes short never stands in the archive", async () => {
    await using world = await startActions();
    const meetingId = await recordedCall(world);
    await world.control("/faults", {
      kind: "status",
      status: 200,
      body: "short",
      headers: { "content-type": "video/mp4" },
      path: "/rec/file/",
      times: 1,
    });
    const failed = await failureOf(archive(world, meetingId));
    expect(failed.message).toMatch(/came with 5 bytes of 50/);
    expect(filesBelow(world.folder)).toEqual([]);
  });

  test("waits for the transcript, which is part of it", async () => {
    await using world = await startActions();
    await world.control("/settings", { transcriptDelayMs: 10 * minuteMs });
    const meetingId = await recordedCall(world);
    expect((await failureOf(archive(world, meetingId))).type).toBe("not_ready");
    await world.control("/clock", { advanceMs: 10 * minuteMs });
    const { outputs } = await archive(world, meetingId, {}, 2);
    expect(outputs["files"]).toHaveLength(3);
  });

  test("says why there is nothing to archive", async () => {
    await using world = await startActions();
    const meetingId = await world.bridge({ settings: { auto_recording: "none" } });
    await world.control(`/meetings/${meetingId}/join`, { name: "Ana" });
    await world.control(`/meetings/${meetingId}/end`, {});
    await world.control("/clock", { advanceMs: 24 * 60 * minuteMs });
    const { outputs } = await archive(world, meetingId);
    expect(outputs).toMatchObject({ status: "none", files: [], reason: "it was not recorded" });
  });
});

describe("deleting in Zoom after archiving", () => {
  test.each([
    ["trash", [{ trashed: true }]],
    ["forever", [undefined]],
  ])("%s: once all is archived", async (delete_in_zoom, left) => {
    await using world = await startActions();
    const meetingId = await recordedCall(world);
    const { outputs } = await archive(world, meetingId, { delete_in_zoom });
    expect(outputs).toMatchObject({ status: "archived", deleted_in_zoom: delete_in_zoom });
    expect(await inZoom(world)).toMatchObject(left);
    expect((await world.timeline()).map(({ kind }) => kind)).toContain("recording.deleted");
  });

  test("nothing is deleted while a file is missing", async () => {
    await using world = await startActions();
    const meetingId = await recordedCall(world);
    await world.control("/faults", { kind: "status", status: 503, path: "/rec/download/", skip: 1 });
    await failureOf(archive(world, meetingId, { delete_in_zoom: "forever" }));
    expect(await inZoom(world)).toMatchObject([{ trashed: false, files: [{}, {}, {}] }]);
    expect(await requests(world, /recordings$/)).not.toContainEqual(
      expect.objectContaining({ method: "DELETE" }),
    );
  });

  test("a deletion whose answer was lost is known by what lies in the archive", async () => {
    await using world = await startActions();
    const meetingId = await recordedCall(world);
    await world.control("/faults", {
      kind: "reset",
      commit: true,
      method: "DELETE",
      path: "/recordings$",
      times: 1,
    });
    const lost = await failureOf(archive(world, meetingId, { delete_in_zoom: "forever" }));
    expect(lost.type).toBe("outcome_unknown");
    const { outputs } = await archive(world, meetingId, { delete_in_zoom: "forever" }, 2);
    expect(outputs).toMatchObject({ status: "archived", deleted_in_zoom: "forever" });
    expect(outputs["files"]).toHaveLength(3);
  });

  test("a deletion that did not happen is done by the next try", async () => {
    await using world = await startActions();
    const meetingId = await recordedCall(world);
    const path = "/recordings$";
    await world.control("/faults", { kind: "reset", method: "DELETE", path, times: 1 });
    await failureOf(archive(world, meetingId, { delete_in_zoom: "forever" }));
    await archive(world, meetingId, { delete_in_zoom: "forever" }, 2);
    expect(await inZoom(world)).toEqual([undefined]);
  });
});

test("without an archive the step says which variable is missing", async () => {
  await using world = await startActions({ archive: undefined });
  const failed = await failureOf(archive(world, await world.bridge()));
  expect([failed.type, failed.nonRetryable]).toEqual(["archive_refused", true]);
  expect(failed.message).toContain("ARCHIVE_URL");
});
