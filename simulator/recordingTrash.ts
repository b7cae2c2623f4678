import type { Recording, RecordingFile } from "./recordingState.ts";

export const isInTrash = ({ trashedAtMs }: Pick<Recording, "trashedAtMs">): boolean =>
  trashedAtMs !== undefined;

export const visibleFiles = ({ files }: Recording): RecordingFile[] =>
  files.filter(({ trashedAtMs }) => trashedAtMs === undefined);

export const trashedFiles = ({ files }: Recording): RecordingFile[] =>
  files.filter(({ trashedAtMs }) => trashedAtMs !== undefined);
