import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { keyed, sessionFolder } from "../../activities/archiveKeys.ts";

type ZoomFile = Parameters<typeof keyed>[1][number];

const file = (given: Partial<ZoomFile>): ZoomFile => ({
  fileType: "MP4",
  extension: "MP4",
  recordingType: "shared_screen",
  isComplete: true,
  startedAt: "2026-11-24T10:15:00Z",
  endedAt: "2026-11-24T10:45:00Z",
  bytes: 1,
  ...given,
});

const anyFile: fc.Arbitrary<ZoomFile> = fc
  .record({
    id: fc.uuid(),
    fileType: fc.string(),
    extension: fc.string(),
    recordingType: fc.oneof(fc.string(), fc.constantFrom("audio_only", "../../etc/passwd", "..")),
    startedAt: fc.oneof(fc.string(), fc.constant("2026-11-24T10:15:00Z")),
  })
  .map(file);

const anyFiles = fc.uniqueArray(anyFile, { selector: ({ id }) => id, maxLength: 20 });

const keysOf = (files: ZoomFile[], folder = "f"): string[] => keyed(folder, files).map(({ key }) => key);

describe("keys in the archive", () => {
  test("name the incident, the meeting, the session, the file's start and its kind", () => {
    const folder = sessionFolder("inc-1", "85746065432", Date.parse("2026-11-24T10:14:58Z"));
    expect(keysOf([file({})], folder)).toEqual([
      "inc-1/85746065432/2026-11-24T101458Z/2026-11-24T101500Z-shared_screen.mp4",
    ]);
  });

  test("never leave their folder, whatever Zoom calls its files", () => {
    fc.assert(
      fc.property(fc.string(), anyFiles, (incident, files) => {
        for (const key of keysOf(files, sessionFolder(incident, "85746065432", 0))) {
          expect(key.split("/")).toHaveLength(4);
          for (const segment of key.split("/")) expect(segment).toMatch(/^[\w-][\w.-]*$/);
        }
      }),
    );
  });

  test("differ for files that differ", () => {
    fc.assert(
      fc.property(anyFiles, (files) => {
        expect(new Set(keysOf(files)).size).toBe(files.length);
      }),
    );
    const nameless = Array.from({ length: 3 }, () => file({ fileType: "TIMELINE", extension: "JSON" }));
    expect(new Set(keysOf(nameless)).size).toBe(3);
  });

  test("do not depend on the order in which Zoom lists the files", () => {
    fc.assert(
      fc.property(anyFiles, (files) => {
        expect(keysOf(files.toReversed()).toSorted()).toEqual(keysOf(files).toSorted());
      }),
    );
  });
});
