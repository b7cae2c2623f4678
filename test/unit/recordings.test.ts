import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { bytesText } from "../../domain/bytes.ts";
import { recordingEvents } from "../../domain/recordingEvents.ts";
import type { RecordingFile, SessionRecording } from "../../domain/recordings.ts";
import { noRecordingReasons } from "../../domain/recordings.ts";
import { bounded, spokenText } from "../../domain/transcript.ts";

const file = (startedAt: string, type = "MP4"): RecordingFile => ({
  type,
  kind: "shared_screen",
  bytes: 10,
  startedAt,
  endedAt: "",
});

const session = (given: Partial<SessionRecording>): SessionRecording => ({
  uuid: "u==",
  state: "ready",
  startedAtMs: 0,
  files: [file("10:00")],
  unfinished: 0,
  transcript: "none",
  isSettled: true,
  ...given,
});

const idsOf = (given: Partial<SessionRecording>) => recordingEvents("85", session(given)).map(({ id }) => id);

describe("what is left of a call on the timeline", () => {
  test("a part that turns up later is news, its files are not counted twice", () => {
    expect(idsOf({})).toEqual(["meeting-85/u==/recording.ready"]);
    expect(idsOf({ files: [file("10:00"), file("10:00", "M4A")] })).toEqual([
      "meeting-85/u==/recording.ready",
    ]);
    expect(idsOf({ files: [file("10:00"), file("10:30")] })).toEqual(["meeting-85/u==/recording.ready/2"]);
  });

  test("the transcript has a line of its own", () => {
    const [ready, transcript] = recordingEvents(
      "85",
      session({
        transcript: "ready",
        files: [file("10:00"), file("10:00", "TRANSCRIPT")],
        shareUrl: "https://zoom.us/rec/share/x",
        passcode: "abc-1234",
      }),
    );
    expect(ready).toMatchObject({ title: "Recording is ready: 1 file", detail: "Passcode abc-1234" });
    expect(transcript).toMatchObject({
      kind: "transcript.ready",
      links: [{ url: "https://zoom.us/rec/share/x" }],
    });
  });

  test("nothing is said while something may still come", () => {
    expect(idsOf({ state: "processing" })).toEqual([]);
    expect(idsOf({ state: "awaited" })).toEqual([]);
  });

  test("every reason for none says what to do", () => {
    for (const [reason, { title, detail }] of Object.entries(noRecordingReasons)) {
      expect([reason, title.length > 10, detail.endsWith(".")]).toEqual([reason, true, true]);
    }
  });

  test("a refusal is told from absence, so that a later look is not dropped", () => {
    const failure = { code: "missing_scope" as const, message: "It lacks a scope.", advice: "Add it." };
    expect(recordingEvents("85", session({ state: "refused", failure }))).toMatchObject([
      {
        id: "meeting-85/u==/recording.none/refused",
        title: "Cannot see whether there is a recording",
        detail: "It lacks a scope. Add it.",
      },
    ]);
  });
});

describe("a transcript as text", () => {
  test("has one line for each turn, without times, numbers and markup", () => {
    const vtt = [
      "WEBVTT",
      "",
      "1",
      "00:00:00.000 --> 00:00:02.000",
      "Ana: Down since ten.",
      "",
      "2",
      "00:00:02.000 --> 00:00:03.000",
      "Ana: At <b>10:05</b>, to be exact.",
      "",
      "3",
      "00:00:03.000 --> 00:00:04.000",
      "Bo: I see it.",
      "and more of it",
    ];
    const text = "Ana: Down since ten. At 10:05, to be exact.\nBo: I see it. and more of it";
    expect(spokenText(vtt.join("\n"))).toBe(text);
    expect(spokenText(vtt.join("\r\n"))).toBe(text);
    expect(spokenText("WEBVTT\n\n")).toBe("");
  });

  test("is never longer than allowed, and whole where it fits", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 500 }), fc.integer({ min: 10, max: 300 }), (text, most) => {
        const cut = bounded(text, most);
        expect(cut.length).toBeLessThanOrEqual(most);
        expect(cut === text || text.startsWith(cut.slice(0, -2))).toBe(true);
      }),
    );
  });
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1200, "1.2 KB"],
  [314_572_800, "315 MB"],
  [1.25e12, "1.3 TB"],
])("%d bytes are %s", (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});
