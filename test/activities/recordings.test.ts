import { beforeEach, describe, expect, test } from "@jest/globals";
import { sessionsOf } from "../../activities/meetingSessions.ts";
import type { Session } from "../../activities/recordings.ts";
import { lookForRecordings } from "../../activities/recordings.ts";
import { newLife } from "../../domain/meetingLife.ts";
import { recordingEvents } from "../../domain/recordingEvents.ts";
import { useSimulator } from "../simulator/support.ts";
import { serverToServerAccount } from "../../connectors/zoomAccount.ts";
import type { ZoomClient } from "../../zoom/client.ts";

const simulated = useSimulator();
const { sim, meeting, join, advance, end } = simulated;

const dayMs = 86_400_000;
let zoom: ZoomClient;

beforeEach(async () => {
  zoom = serverToServerAccount({
    apiUrl: `${simulated.url()}/v2`,
    oauthUrl: `${simulated.url()}/oauth`,
    accountId: "sim-account",
    clientId: "sim-client",
    clientSecret: "sim-secret",
    hosts: [],
  }).client;
  await sim("POST", "/settings", { recordingDelayMs: 120_000, transcriptDelayMs: 60_000 });
});

const nowMs = async (): Promise<number> => (await sim("GET", "/clock")).body.nowMs;

/** A call of a minute; its session as the meeting's life would know it. */
const call = async (id: number, people = ["Ana", "Bo"]): Promise<Session> => {
  const startedAtMs = await nowMs();
  let uuid = "";
  for (const name of people) ({ uuid } = await join(id, name));
  await advance(60_000);
  await end(id);
  return { uuid, startedAtMs, endedAtMs: await nowMs() };
};

const recordedCall = async (wish: object = { settings: { auto_recording: "cloud" } }) => {
  const { id } = await meeting(wish);
  return { id: String(id), session: await call(id) };
};

const look = async (id: string, sessions: Session[], atMs?: number) =>
  lookForRecordings(zoom, id, sessions, atMs ?? (await nowMs()));

describe("looking for a call's recordings", () => {
  test("Zoom works on it, then has it, then its transcript too", async () => {
    const { id, session } = await recordedCall();
    expect(await look(id, [session])).toMatchObject([{ state: "processing", isSettled: false, files: [] }]);
    await advance(120_000);
    const [ready] = await look(id, [session]);
    expect(ready).toMatchObject({
      state: "ready",
      transcript: "awaited",
      isSettled: false,
      unfinished: 0,
      shareUrl: expect.stringMatching(/^http/),
      passcode: expect.stringMatching(/./),
    });
    expect(ready?.files.map(({ type }) => type)).toEqual(["MP4", "M4A"]);
    await advance(60_000);
    expect(await look(id, [session])).toMatchObject([
      { state: "ready", transcript: "ready", isSettled: true },
    ]);
  });

  test("each session is asked for by its own UUID", async () => {
    const { id } = await meeting({ settings: { auto_recording: "cloud" } });
    const first = await call(id);
    const second = await call(id);
    await advance(600_000);
    const found = await look(String(id), [first, second]);
    expect(found.map(({ uuid, state }) => [uuid, state])).toEqual([
      [first.uuid, "ready"],
      [second.uuid, "ready"],
    ]);
    expect(found[0]?.files[0]?.id).not.toBe(found[1]?.files[0]?.id);
  });

  test("that Zoom knows of none may change for a day", async () => {
    const { id, session } = await recordedCall({});
    expect(await look(id, [session])).toMatchObject([{ state: "awaited", isSettled: false }]);
    expect(await look(id, [session], session.endedAtMs! + dayMs - 1000)).toMatchObject([
      { state: "awaited" },
    ]);
    expect(await look(id, [session], session.endedAtMs! + dayMs)).toMatchObject([{ state: "none" }]);
  });
});

describe("why a call has no recording", () => {
  const reasonAfterADay = async ({ id, session }: { id: string; session: Session }) => {
    const [found] = await look(id, [session], session.endedAtMs! + dayMs);
    return found?.reason ?? found?.state;
  };

  test("the meeting does not record", async () => {
    expect(await reasonAfterADay(await recordedCall({}))).toBe("not_recorded");
    expect(await reasonAfterADay(await recordedCall({ settings: { auto_recording: "local" } }))).toBe(
      "recorded_locally",
    );
  });

  test("the host's plan has none", async () => {
    const { id } = await meeting({ settings: { auto_recording: "cloud" } }, "basic@example.com");
    expect(await reasonAfterADay({ id: String(id), session: await call(id) })).toBe("plan");
  });

  test("Zoom never finished it", async () => {
    await sim("POST", "/settings", { recordingDelayMs: 5 * dayMs });
    expect(await reasonAfterADay(await recordedCall())).toBe("stuck");
  });

  test("Zoom does not let us see: the scope is named, and nothing is taken for absence", async () => {
    const { id, session } = await recordedCall();
    await sim("POST", "/settings", { scopes: ["meeting:read:meeting:admin"] });
    const [found] = await look(id, [session]);
    expect(found).toMatchObject({ state: "refused", isSettled: true, failure: { code: "missing_scope" } });
    expect(found?.failure?.scopes).toContain("cloud_recording:read:list_recording_files:admin");
  });

  test("a refusal inside an answer of success is one", async () => {
    const { id, session } = await recordedCall();
    await sim("POST", "/faults", {
      kind: "status",
      path: "/recordings",
      status: 200,
      code: 200,
      message: "You do not have the right permissions.",
    });
    expect(await look(id, [session])).toMatchObject([{ state: "refused", failure: { code: "permission" } }]);
  });

  test("an outage is no answer", async () => {
    const { id, session } = await recordedCall();
    await sim("POST", "/faults", { kind: "status", path: "/recordings", status: 503 });
    await expect(look(id, [session])).rejects.toMatchObject({ code: "unavailable" });
  });
});

describe("the sessions of a meeting", () => {
  const known = (...sessions: Session[]) => ({
    meeting: {},
    life: { ...newLife(), sessions: sessions.map((session) => ({ ...session, seen: {} })) },
  });

  test("are those that webhooks told of and those that they did not", async () => {
    const { id } = await meeting();
    const first = await call(id);
    const second = await call(id);
    const found = await sessionsOf(zoom, String(id), known(first));
    expect(found.map(({ uuid }) => uuid)).toEqual([first.uuid, second.uuid]);
    expect(found[1]?.endedAtMs).toBeGreaterThan(second.startedAtMs);
  });

  test("that webhooks told of will do where Zoom does not tell", async () => {
    const { id } = await meeting();
    const session = await call(id);
    await sim("POST", "/settings", { scopes: ["meeting:read:meeting:admin"] });
    expect(await sessionsOf(zoom, String(id), known(session))).toEqual([session]);
    await expect(sessionsOf(zoom, String(id), undefined)).rejects.toMatchObject({ code: "missing_scope" });
  });

  test("that is live has no end", async () => {
    const { id } = await meeting();
    const { uuid } = await join(id, "Ana");
    const startedAtMs = await nowMs();
    expect(await sessionsOf(zoom, String(id), known({ uuid, startedAtMs }))).toEqual([{ uuid, startedAtMs }]);
    expect(await sessionsOf(zoom, String(id), undefined)).toEqual([]);
  });
});

describe("what a look says on the timeline", () => {
  test("the same look has the same identities, whoever reports it", async () => {
    const { id, session } = await recordedCall();
    await advance(600_000);
    const ids = (await look(id, [session])).flatMap((found) =>
      recordingEvents(id, found).map((event) => event.id),
    );
    expect(ids).toEqual([
      `meeting-${id}/${session.uuid}/recording.ready`,
      `meeting-${id}/${session.uuid}/transcript.ready`,
    ]);
  });
});
