import { beforeEach, describe, expect, test } from "@jest/globals";
import type { Json } from "./support.ts";
import { inPath, useSimulator } from "./support.ts";

const { call, sim, send, meeting, advance, join, end, newToken } = useSimulator();

const CLOUD = { settings: { auto_recording: "cloud" } };
const NONE = { status: 404, body: { code: 3301, message: "There is no recording for this meeting." } };
const recordings = (reference: string | number, query = "") =>
  call("GET", `/meetings/${reference}/recordings${query}`);

const recorded = async (minutes = 2): Promise<Json> => {
  const created = await meeting(CLOUD);
  await join(created.id, "Ada");
  await advance(minutes * 60_000);
  await end(created.id);
  return created;
};

beforeEach(() => sim("POST", "/settings", { recordingDelayMs: 2_000, transcriptDelayMs: 3_000 }));

describe("a cloud recording", () => {
  test("is there some time after the meeting, its transcript later", async () => {
    const { id, uuid } = await recorded();
    expect(await recordings(id)).toMatchObject({ status: 404, body: { code: 3301 } });
    await advance(2_000);
    const { body } = await recordings(id);
    expect(body).toMatchObject({
      id,
      uuid,
      type: "2",
      duration: 2,
      recording_count: 2,
      account_id: "sim-account",
    });
    expect(body.recording_files.map((file: Json) => file.file_type)).toEqual(["MP4", "M4A"]);
    expect(body.share_url).toMatch(/^http/);
    expect(body.password).not.toBe("");
    expect(body.recording_play_passcode).not.toBe("");
    await advance(3_000);
    const later = await recordings(id);
    expect(later.body.recording_files.map((file: Json) => file.file_type)).toEqual([
      "MP4",
      "M4A",
      "TRANSCRIPT",
    ]);
    expect(later.body.total_size).toBe(
      later.body.recording_files.reduce((sum: number, file: Json) => sum + file.file_size, 0),
    );
  });

  test("does not exist for meetings that do not record to the cloud", async () => {
    const { id } = await meeting();
    await join(id, "Ada");
    await end(id);
    await advance(60_000);
    expect(await recordings(id)).toMatchObject(NONE);
    expect(await recordings(12_345_678_901)).toMatchObject(NONE);
  });

  test("is the latest session's by number, and any session's by uuid", async () => {
    const { id, uuid } = await recorded(1);
    await advance(10_000);
    await join(id, "Ada");
    await advance(180_000);
    await end(id);
    await advance(10_000);
    expect((await recordings(id)).body.duration).toBe(3);
    expect((await recordings(inPath(uuid))).body.duration).toBe(1);
  });

  test("has no transcript when that is switched off", async () => {
    await sim("POST", "/settings", { transcriptDelayMs: null });
    const { id } = await recorded();
    await advance(600_000);
    expect((await recordings(id)).body.recording_count).toBe(2);
  });

  test("is trashed whole or file by file", async () => {
    const { id } = await recorded();
    await advance(2_000);
    const [mp4] = (await recordings(id)).body.recording_files;
    expect((await call("DELETE", `/meetings/${id}/recordings/${mp4.id}`)).status).toBe(204);
    expect((await recordings(id)).body.recording_files.map((file: Json) => file.file_type)).toEqual(["M4A"]);
    expect(await call("DELETE", `/meetings/${id}/recordings/${mp4.id}`)).toMatchObject(NONE);
    expect((await call("DELETE", `/meetings/${id}/recordings?action=trash`)).status).toBe(204);
    expect(await recordings(id)).toMatchObject(NONE);
  });

  test("is in its host's list", async () => {
    const { uuid } = await recorded();
    await advance(2_000);
    expect((await call("GET", "/users/host1@example.com/recordings")).body.meetings).toMatchObject([
      { uuid },
    ]);
    expect((await call("GET", "/users/host2@example.com/recordings")).body.meetings).toEqual([]);
    expect(
      (await call("GET", "/users/host1@example.com/recordings?from=2020-01-01&to=2020-01-31")).body.meetings,
    ).toEqual([]);
  });
});

describe("a download", () => {
  const firstFile = async (): Promise<{ file: Json; id: number }> => {
    const { id } = await recorded();
    await advance(2_000);
    return { id, file: (await recordings(id)).body.recording_files[0] };
  };
  const download = (file: Json, token?: string) =>
    fetch(file.download_url, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });

  test("redirects a holder of the app's token to the bytes", async () => {
    const { file } = await firstFile();
    const response = await download(file, await newToken());
    expect(response).toMatchObject({ status: 200, redirected: true });
    expect(response.headers.get("content-type")).toBe("video/mp4");
    expect((await response.arrayBuffer()).byteLength).toBe(file.file_size);
  });

  test("works with a download token, which is given only when asked for and lives as long as asked", async () => {
    const { file, id } = await firstFile();
    expect((await recordings(id)).body).not.toHaveProperty("download_access_token");
    const { body } = await recordings(id, "?include_fields=download_access_token&ttl=60");
    expect((await download(file, body.download_access_token)).headers.get("content-type")).toBe("video/mp4");
    await advance(60_000);
    expect((await download(file, body.download_access_token)).headers.get("content-type")).toContain(
      "text/html",
    );
    expect((await recordings(id, "?include_fields=download_access_token&ttl=604801")).body.code).toBe(300);
  });

  test("without a right answers 200 with a page instead of the file", async () => {
    const { file } = await firstFile();
    const response = await download(file);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toContain("text/html");
    expect(await response.text()).toContain("Only the host can download this recording.");
  });

  test("refuses tokens in the query, and has nothing of what was deleted", async () => {
    const { file, id } = await firstFile();
    const token = await newToken();
    expect((await fetch(`${file.download_url}?access_token=${token}`)).status).toBe(401);
    await call("DELETE", `/meetings/${id}/recordings`);
    expect((await download(file, token)).status).toBe(404);
  });

  test("from a webhook has an address of its own", async () => {
    const { file } = await firstFile();
    const webhookUrl = file.download_url.replace("/rec/download/", "/rec/webhook_download/");
    const response = await download({ download_url: webhookUrl }, await newToken());
    expect(response.headers.get("content-type")).toBe("video/mp4");
  });
});

describe("live controls", () => {
  const control = (id: number, method: string, params?: Json) =>
    call("PATCH", `/live_meetings/${id}/events`, { method, ...(params && { params }) });

  test("each start and stop makes files of its own under one uuid", async () => {
    const { id } = await meeting();
    await join(id, "Ada");
    for (const method of [
      "recording.start",
      "recording.stop",
      "recording.start",
      "recording.pause",
      "recording.resume",
    ]) {
      expect(await control(id, method)).toMatchObject({ status: 202, body: { text: "" } });
      await advance(1_000);
    }
    await end(id);
    await advance(2_000);
    expect((await recordings(id)).body.recording_count).toBe(4);
  });

  test("need a running meeting and contacts of the account", async () => {
    const { id } = await meeting();
    expect(await control(id, "recording.start")).toMatchObject({
      status: 404,
      body: { code: 3001, message: `Meeting ${id} is not found or has expired.` },
    });
    await join(id, "Ada");
    expect(
      (await control(id, "participant.invite", { contacts: [{ email: "host2@example.com" }] })).status,
    ).toBe(202);
    expect(
      await control(id, "participant.invite", { contacts: [{ email: "who@elsewhere.org" }] }),
    ).toMatchObject({
      status: 400,
      body: { code: 300 },
    });
    expect((await control(id, "dance")).body.code).toBe(300);
  });

  test("the simulator serves no share page", async () => {
    expect((await send("GET", "/rec/share/anything", {})).status).toBe(404);
  });
});
