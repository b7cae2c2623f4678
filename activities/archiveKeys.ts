import type { Recordings } from "../zoom/recordings.ts";

type ZoomFile = Recordings["files"][number];

/** A name that is safe in a path, a URL and on a command line. */
const safe = (name: string): string =>
  name
    .replaceAll(/[^\w.-]+/g, "_")
    .replace(/^\.+/, "")
    .slice(0, 100) || "unnamed";

/** `2026-11-23T203700Z`, or what was told where that is no time. */
const timeName = (isoTime: string): string => {
  const timeMs = Date.parse(isoTime);
  if (Number.isNaN(timeMs)) return safe(isoTime || "undated");
  return `${new Date(timeMs).toISOString().slice(0, 19).replaceAll(":", "")}Z`;
};

/** `<incident>/<meeting id>/<session start>`: where a session's files lie. */
export const sessionFolder = (incidentId: string, meetingId: string, startedAtMs: number): string =>
  [safe(incidentId), safe(meetingId), timeName(new Date(startedAtMs).toISOString())].join("/");

const stemOf = (file: ZoomFile): string =>
  `${timeName(file.startedAt)}-${safe(file.recordingType || file.fileType).toLowerCase()}`;

const nameOf = (file: ZoomFile, own = ""): string =>
  `${stemOf(file)}${own && safe(own)}.${safe(file.extension || file.fileType).toLowerCase()}`;

/**
 * Each file with its key. A name is made of the file alone, so that a later try finds it again whatever else came or
 * went; only files that would have the same name have their id in it too.
 */
export const keyed = (folder: string, files: readonly ZoomFile[]): { key: string; file: ZoomFile }[] => {
  const names = files.map((file) => nameOf(file));
  return files.map((file, index) => {
    const name = names[index];
    const isShared = names.filter((each) => each === name).length > 1;
    const nth = names.slice(0, index + 1).filter((each) => each === name).length;
    return { key: `${folder}/${isShared ? nameOf(file, `-${file.id ?? nth}`) : name}`, file };
  });
};
