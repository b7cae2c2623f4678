import { randomInt } from "node:crypto";
import type { RecordingSettings } from "../zoom/recordingSettings.ts";

/** Who may watch a recording, in people's words. */
export type Access = "anyone" | "signed_in" | "account" | "nobody";

export type ShareWish = {
  access: Access;
  passcode?: string | undefined;
  download: boolean;
  registration: boolean;
  auto_delete?: boolean | undefined;
};

type Change = Omit<RecordingSettings, "auto_delete_date">;

const sharing = {
  anyone: { share_recording: "publicly", recording_authentication: false },
  signed_in: { share_recording: "publicly", recording_authentication: true },
  account: { share_recording: "internally", recording_authentication: false },
  nobody: { share_recording: "none" },
} as const satisfies Record<Access, Change>;

/** What Zoom is to be asked for. A recording always has a passcode: one is made where none is set or given. */
export const wantedSettings = (wish: ShareWish, now: RecordingSettings): Change => ({
  ...sharing[wish.access],
  viewer_download: wish.download,
  on_demand: wish.registration,
  ...(wish.registration && { approval_type: 0 as const }),
  ...passcodeFor(wish, now),
  ...(wish.auto_delete !== undefined && { auto_delete: wish.auto_delete }),
});

const passcodeFor = ({ passcode, access }: ShareWish, now: RecordingSettings): Pick<Change, "password"> => {
  if (passcode !== undefined) return { password: passcode };
  return now.password || access === "nobody" ? {} : { password: newPasscode() };
};

const letters = "abcdefghjkmnpqrstuvwxyz";
const digits = "23456789";

/** Ten characters, without those that look alike, of each kind that Zoom asks for. */
const newPasscode = (): string => {
  const pick = (from: string, count: number) =>
    Array.from({ length: count }, () => from[randomInt(from.length)]).join("");
  return `${pick(letters, 4)}-${pick(digits, 5)}`;
};

const names: Readonly<Record<string, string>> = {
  share_recording: "who may watch",
  recording_authentication: "signing in",
  viewer_download: "downloads",
  on_demand: "registration",
  approval_type: "approval of registrations",
  password: "the passcode",
  auto_delete: "automatic deletion",
};

/** What Zoom kept as it was, in words. A passcode is named, not told. */
export const differences = (wanted: Change, kept: RecordingSettings): string[] =>
  Object.entries(wanted).flatMap(([name, value]) => {
    const got = kept[name as keyof Change];
    if (got === value) return [];
    if (name === "password") return [`${names[name]} is not the one asked for`];
    return [`${names[name] ?? name} is ${said(got)} instead of ${said(value)}`];
  });

const said = (value: unknown): string =>
  typeof value === "boolean" ? (value ? "on" : "off") : String(value);
