import { beforeEach, describe, expect, test } from "@jest/globals";
import type { Json } from "./support.ts";
import { eventually, inPath, useReceiver, useSimulator } from "./support.ts";

const { call, sim, meeting, advance, join, end, newToken } = useSimulator();
const receiver = useReceiver();

const CLOUD = { settings: { auto_recording: "cloud" } };
const recordings = (reference: string | number, query = "") =>
  call("GET", `/meetings/${reference}/recordings${query}`);
const settings = (change: Json) => sim("POST", "/settings", change);

const recorded = async (wish: Json = CLOUD, host?: string): Promise<Json> => {
  const created = await meeting(wish, host);
  await join(created.id, "Ada");
  await advance(120_000);
  await end(created.id);
  await advance(2_000);
  return created;
};

beforeEach(() => settings({ recordingDelayMs: 2_000, transcriptDelayMs: 3_000 }));

describe("files of a recording that was started several times", () => {
  test("are finished set by set, each with a webhook of its own", async () => {
    await sim("POST", "/webhooks", { url: receiver.url() });
    await settings({ recordingSetDelayMs: 5_000 });
    const { id } = await meeting();
    await join(id, "Ada");
    for (const method of ["recording.start", "recording.stop", "recording.start"]) {
      await call("PATCH", `/live_meetings/${id}/events`, { method });
      await advance(1_000);
    }
    await end(id);
    await advance(2_000);
    const states = async () => (await recordings(id)).body.recording_files.map((file: Json) => file.status);
    expect(await states()).toEqual(["completed", "completed", "processing", "processing"]);
    await advance(5_000);
    expect(await states()).toEqual(["completed", "completed", "completed", "completed"]);
    const completed = () => receiver.received.filter(({ body }) => body.event === "recording.completed");
    await eventually(() => completed().length === 2);
    expect(completed().map(({ body }) => body.payload.object.recording_count)).toEqual([2, 2]);
  });

  test("have a chat and a timeline when asked for, the timeline without an id", async () => {
    await settings({ recordingExtras: ["CHAT", "TIMELINE"] });
    const { id } = await recorded();
    const { recording_files } = (await recordings(id)).body;
    expect(recording_files.map((file: Json) => file.file_type)).toEqual(["MP4", "M4A", "CHAT", "TIMELINE"]);
    expect(recording_files[3]).not.toHaveProperty("id");
    const response = await fetch(recording_files[3].download_url, {
      headers: { authorization: `Bearer ${await newToken()}` },
    });
    expect(response.headers.get("content-type")).toBe("application/json");
  });
});

describe("code 3301", () => {
  test("says either of two things while a recording is processed", async () => {
    await settings({ recordingDelayMs: 60_000 });
    const { id } = await recorded();
    expect((await recordings(id)).body.message).toBe("This recording is still being processed.");
    await settings({ recordingNotReady: "none" });
    expect((await recordings(id)).body).toEqual({
      code: 3301,
      message: "There is no recording for this meeting.",
    });
  });

  test.each([
    ["on a free plan", { plan: "free" }, "host1@example.com"],
    ["of a basic user", {}, "basic@example.com"],
    ["when the storage is full", { recordingStorageFull: true }, "host1@example.com"],
  ])("is all there is of a call %s", async (_what, change, host) => {
    await settings(change);
    const { id } = await recorded(CLOUD, host);
    await advance(600_000);
    expect((await recordings(id)).body.code).toBe(3301);
  });

  test("the storage report tells how much is used", async () => {
    const used = async () =>
      (await call("GET", "/report/cloud_recording?from=2026-01-01&to=2026-01-01")).body
        .cloud_recording_storage[0];
    expect(await used()).toMatchObject({ date: "2026-01-01", plan_usage: "10 GB", usage: "1 GB" });
    await settings({ recordingStorageFull: true });
    expect(await used()).toMatchObject({ usage: "10 GB" });
  });
});

describe("a download", () => {
  const download = async (url: string, redirect: "follow" | "manual" = "follow") =>
    fetch(url, { redirect, headers: { authorization: `Bearer ${await newToken()}` } });

  test("leads to another host, which refuses to be shown a token", async () => {
    const { id } = await recorded();
    const [file] = (await recordings(id)).body.recording_files;
    const location = (await download(file.download_url, "manual")).headers.get("location") ?? "";
    expect(new URL(location).origin).not.toBe(new URL(file.download_url).origin);
    expect((await download(location)).status).toBe(400);
    expect((await fetch(location)).status).toBe(200);
  });

  test("from an old answer is refused until the recordings are asked for again", async () => {
    await settings({ downloadLinkMs: 60_000 });
    const { id } = await recorded();
    const [stale] = (await recordings(id)).body.recording_files;
    await advance(60_000);
    expect((await download(stale.download_url)).status).toBe(401);
    const [fresh] = (await recordings(id)).body.recording_files;
    expect((await download(fresh.download_url)).status).toBe(200);
  });

  test("of a large file has all its bytes", async () => {
    await settings({ recordingMediaBytes: 3_000_000 });
    const { id } = await recorded();
    const [file] = (await recordings(id)).body.recording_files;
    const response = await download(file.download_url);
    expect(response.headers.get("content-length")).toBe("3000000");
    expect((await response.arrayBuffer()).byteLength).toBe(3_000_000);
  });
});

describe("the trash", () => {
  const states = async (host: string, type: string) =>
    (await call("GET", `/users/${host}/recordings?trash=true&trash_type=${type}`)).body.meetings.map(
      ({ uuid }: Json) => uuid,
    );

  test("keeps what can be taken back, and tells of it", async () => {
    await sim("POST", "/webhooks", { url: receiver.url() });
    const { id, uuid } = await recorded();
    await call("DELETE", `/meetings/${id}/recordings`);
    expect(await states("host1@example.com", "meeting_recordings")).toEqual([uuid]);
    expect((await recordings(id)).body.code).toBe(3301);
    const recover = () => call("PUT", `/meetings/${inPath(uuid)}/recordings/status`, { action: "recover" });
    expect((await recover()).status).toBe(200);
    expect((await recordings(id)).body.recording_count).toBe(2);
    expect((await recover()).body.code).toBe(3301);
    await receiver.arrived(8);
    expect(receiver.events()).toEqual(expect.arrayContaining(["recording.trashed", "recording.recovered"]));
  });

  test("keeps single files too", async () => {
    const { id, uuid } = await recorded();
    const [mp4] = (await recordings(id)).body.recording_files;
    await call("DELETE", `/meetings/${id}/recordings/${mp4.id}?action=trash`);
    expect(await states("host1@example.com", "recording_file")).toEqual([uuid]);
    const recover = call("PUT", `/meetings/${inPath(uuid)}/recordings/${mp4.id}/status`, {
      action: "recover",
    });
    expect((await recover).status).toBe(204);
    expect((await recordings(id)).body.recording_count).toBe(2);
  });

  test("is passed by who deletes for good, and emptied after 30 days", async () => {
    const gone = await recorded();
    await call("DELETE", `/meetings/${gone.id}/recordings?action=delete`);
    const forgotten = await recorded();
    await call("DELETE", `/meetings/${forgotten.id}/recordings`);
    expect(await states("host1@example.com", "meeting_recordings")).toEqual([forgotten.uuid]);
    await advance(30 * 86_400_000);
    const path = `/meetings/${inPath(forgotten.uuid)}/recordings/status`;
    const recover = await call("PUT", path, { action: "recover" }, await newToken());
    expect(recover.body.code).toBe(3301);
  });

  test("gives nothing back while the storage is full", async () => {
    const { id, uuid } = await recorded();
    await call("DELETE", `/meetings/${id}/recordings`);
    await settings({ recordingStorageFull: true });
    const recover = call("PUT", `/meetings/${inPath(uuid)}/recordings/status`, { action: "recover" });
    expect(await recover).toMatchObject({ status: 400, body: { code: 3309 } });
  });
});

describe("the settings of a recording", () => {
  const read = async (id: number) => (await call("GET", `/meetings/${id}/recordings/settings`)).body;

  test("take what is asked for, and the passcode shows in the recordings", async () => {
    const { id } = await recorded();
    expect(await read(id)).toMatchObject({ share_recording: "publicly", viewer_download: true });
    const wish = { share_recording: "internally", viewer_download: false, password: "abc-1234" };
    expect((await call("PATCH", `/meetings/${id}/recordings/settings`, wish)).status).toBe(204);
    expect(await read(id)).toMatchObject(wish);
    expect((await recordings(id)).body.password).toBe("abc-1234");
  });

  test("stay as the account locked them, without a word", async () => {
    await settings({ lockedRecordingSettings: { viewer_download: false } });
    const { id } = await recorded();
    const patch = await call("PATCH", `/meetings/${id}/recordings/settings`, { viewer_download: true });
    expect(patch.status).toBe(204);
    expect(await read(id)).toMatchObject({ viewer_download: false });
  });

  test("take no weak passcode, and no share that there is not", async () => {
    const { id } = await recorded();
    for (const wish of [{ password: "1234" }, { password: "12345678" }, { share_recording: "all" }]) {
      expect((await call("PATCH", `/meetings/${id}/recordings/settings`, wish)).body.code).toBe(300);
    }
  });
});

describe("the transcript's own address", () => {
  const transcript = (id: number) => call("GET", `/meetings/${id}/transcript`);

  test("says that it is not ready, then leads to it, then that it was deleted", async () => {
    const { id } = await recorded();
    expect((await transcript(id)).body).toMatchObject({
      can_download: false,
      download_restriction_reason: "NOT_READY",
    });
    await advance(3_000);
    const { body } = await transcript(id);
    expect(body).toMatchObject({ can_download: true });
    const response = await fetch(body.download_url, {
      headers: { authorization: `Bearer ${await newToken()}` },
    });
    expect(await response.text()).toMatch(/^WEBVTT/);
    await call("DELETE", `/meetings/${id}/recordings`);
    expect((await transcript(id)).body.download_restriction_reason).toBe("DELETED_OR_TRASHED");
  });

  test("knows of none where nothing was recorded, or transcripts are off", async () => {
    const { id } = await recorded({});
    expect(await transcript(id)).toMatchObject({ status: 404, body: { code: 3322 } });
    await settings({ transcriptDelayMs: null });
    const silent = await recorded();
    expect((await transcript(silent.id)).body.download_restriction_reason).toBe("NO_TRANSCRIPT_DATA");
  });
});

describe("a meeting's summary", () => {
  const SUMMARY = { settings: { auto_start_meeting_summary: true } };
  const summary = (uuid: string) => call("GET", `/meetings/${inPath(uuid)}/meeting_summary`);

  test("is there some time after the call, told by a webhook", async () => {
    await sim("POST", "/webhooks", { url: receiver.url(), events: ["meeting.summary_completed"] });
    await settings({ summaryDelayMs: 10_000 });
    const { id, uuid } = await recorded(SUMMARY);
    expect(await summary(uuid)).toMatchObject({ status: 404, body: { code: 3001 } });
    await advance(10_000);
    expect((await summary(uuid)).body).toMatchObject({
      meeting_uuid: uuid,
      meeting_id: id,
      summary_content: expect.stringContaining("## Cause"),
    });
    await receiver.arrived(1);
    expect(receiver.received[0]?.body.payload.object.meeting_uuid).toBe(uuid);
  });

  test("is asked for by UUID only", async () => {
    const { id } = await recorded(SUMMARY);
    expect((await call("GET", `/meetings/${id}/meeting_summary`)).body).toEqual({
      code: 300,
      message: "Invalid meeting ID.",
    });
  });

  test("is refused by plan and by the account's settings, and is not made for meetings without it", async () => {
    const plain = await recorded({});
    expect((await summary(plain.uuid)).body.code).toBe(3001);
    const { uuid } = await recorded(SUMMARY);
    await settings({ summaries: "restricted" });
    expect(await summary(uuid)).toMatchObject({ status: 403, body: { code: 2305 } });
    await settings({ plan: "free" });
    expect(await summary(uuid)).toMatchObject({ status: 400, body: { code: 200 } });
  });
});
