import type { HttpClient } from "./http.ts";
import type { Io } from "./output.ts";

/** What the commands work with: the API, and how to answer. */
export type Session = {
  io: Io;
  api: () => HttpClient;
  /** Writes `value` as JSON if asked to, or else what `human` makes of it. */
  answer: <Value>(value: Value, human: (value: Value) => string) => void;
  isJson: () => boolean;
};
