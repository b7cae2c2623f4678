import type { Clock } from "./clock.ts";
import type { UuidStyle } from "./ids.ts";

export type Plan = "free" | "pro" | "business";
export type Label = "LIGHT" | "MEDIUM" | "HEAVY" | "RESOURCE-INTENSIVE";

/** 1 basic, 2 licensed, 99 no meetings licence. */
export type UserType = 1 | 2 | 99;

export type User = {
  id: string;
  email: string;
  firstName: string;
  lastName: string;
  type: UserType;
  pmi: number;
  createdAtMs: number;
};

export type Group = { id: string; name: string; memberIds: string[] };

export type Token = { scopes: string[]; expiresAtMs: number; revoked: boolean; actingUserId?: string };

export type AuthorizationCode = {
  userId: string;
  redirectUri: string;
  expiresAtMs: number;
  challenge?: { value: string; method: string };
};

export type Recurrence = {
  type: 1 | 2 | 3;
  repeat_interval?: number | undefined;
  weekly_days?: string | undefined;
  monthly_day?: number | undefined;
  monthly_week?: number | undefined;
  monthly_week_day?: number | undefined;
  end_times?: number | undefined;
  end_date_time?: string | undefined;
};

export type Occurrence = {
  id: string;
  startMs: number;
  durationMinutes: number;
  status: "available" | "deleted";
  /** What differs from the series. */
  agenda?: string;
  settings?: MeetingSettings;
};

export type MeetingSettings = Record<string, unknown>;

export type Meeting = {
  id: number;
  /** Of the running session, or else of the one to come. */
  uuid: string;
  hostId: string;
  type: 1 | 2 | 3 | 8 | 10;
  topic: string;
  agenda: string;
  durationMinutes: number;
  timezone: string;
  password: string;
  startMs: number;
  createdAtMs: number;
  deleted: boolean;
  settings: MeetingSettings;
  recurrence?: Recurrence;
  occurrences: Occurrence[];
  trackingFields: { field: string; value: string }[];
  sessions: Session[];
};

/** One time a meeting was live. People may sit in the waiting room before it started. */
export type Session = {
  uuid: string;
  meetingId: number;
  startedAtMs?: number;
  endedAtMs?: number;
  stays: Stay[];
  recording?: Recording;
};

/** One stay of one person in the meeting or its waiting room; who comes back has another. */
export type Stay = {
  place: "in_meeting" | "in_waiting_room";
  userId: string;
  participantUuid: string;
  name: string;
  email: string;
  accountUserId?: string;
  phoneNumber?: string;
  customerKey?: string;
  registrantId?: string;
  publicIp: string;
  privateIp: string;
  joinedAtMs: number;
  leftAtMs?: number;
};

export type RecordingFile = {
  id: string;
  fileType: "MP4" | "M4A" | "TRANSCRIPT";
  extension: "MP4" | "M4A" | "VTT";
  recordingType: string;
  content: string;
  startMs: number;
  endMs: number;
};

export type Recording = {
  phase: "recording" | "paused" | "stopped" | "processing" | "completed";
  spans: { startMs: number; endMs?: number }[];
  files: RecordingFile[];
  trashed: boolean;
  shareId: string;
  password: string;
  playPasscode: string;
};

export type FaultKind =
  | "status"
  | "timeoutBefore"
  | "timeoutAfter"
  | "reset"
  | "slow"
  | "expiredToken"
  | "dropWebhook"
  | "doubleWebhook"
  | "delayWebhook"
  | "shuffleWebhook";

export type FaultRule = {
  id: string;
  kind: FaultKind;
  method?: string | undefined;
  path?: string | undefined;
  event?: string | undefined;
  times?: number | undefined;
  skip: number;
  probability: number;
  seed: number;
  status: number;
  code?: number | undefined;
  message?: string | undefined;
  headers?: Record<string, string> | undefined;
  body?: unknown;
  commit: boolean;
  delayMs: number;
  holdMs: number;
  matched: number;
  fired: number;
};

export type Attempt = { atMs: number; status?: number; error?: string };

export type Delivery = {
  requestId: string;
  event: string;
  meetingId?: number;
  body: string;
  state: "pending" | "delivered" | "retrying" | "failed" | "dropped";
  attempts: Attempt[];
};

export type WebhookEndpoint = { url: string; secretToken: string; events?: string[] | undefined };

type LimitSettings = {
  enabled: boolean;
  /** null: no limit. */
  hostDailyMax: number | null;
  headers: "observed" | "documented";
  perSecond: Partial<Record<Label, number>>;
};

export type Settings = {
  plan: Plan;
  limits: LimitSettings;
  lockedSettings: MeetingSettings;
  /** Whether a meeting that brings no passcode gets one. */
  generatePasscodes: boolean;
  /** What the account asks of a passcode. */
  passcodeRule: "any" | "numeric" | "mixed";
  /** Licensed, yet refused as alternative hosts. */
  refusedAlternativeHosts: string[];
  /** Whether ending a meeting that is not live is taken or refused. */
  endIdle: "accepted" | "refused";
  scopes: string[];
  appDisabled: boolean;
  /** Who agrees on Zoom's sign-in page; null: nobody does. */
  signInAs: string | null;
  /** How long a refresh token still works after it was used. */
  refreshGraceMs: number;
  recordingDelayMs: number;
  /** After the recording is complete; null: never a transcript. */
  transcriptDelayMs: number | null;
  attendanceDelayMs: number;
  listLagMs: number;
  latencyMs: number;
  endWhenEmpty: boolean;
  enforceJoinBeforeHost: boolean;
  listOnePersonMeetings: boolean;
  uuidStyle: UuidStyle;
};

type LoggedRequest = {
  at: string;
  method: string;
  path: string;
  query: Record<string, string>;
  /** null when the caller never got an answer. */
  status: number | null;
  durationMs: number;
  fault?: FaultKind;
};

type Usage = {
  windows: Map<Label, number[]>;
  labelDays: Map<string, number>;
  hostDays: Map<string, number>;
};

/** All there is. Handlers change it synchronously, so every request is atomic. */
export type Cloud = {
  clock: Clock;
  baseUrl: string;
  accountId: string;
  settings: Settings;
  users: User[];
  groups: Group[];
  meetings: Map<number, Meeting>;
  sessions: Map<string, Session>;
  tokens: Map<string, Token>;
  codes: Map<string, AuthorizationCode>;
  /** By refresh token. */
  grants: Map<string, { userId: string; expiresAtMs: number }>;
  downloadTokens: Map<string, number>;
  usage: Usage;
  faults: FaultRule[];
  requests: LoggedRequest[];
  webhooks: { endpoint?: WebhookEndpoint; deliveries: Delivery[]; queues: Map<string, Promise<void>> };
  counters: { uuids: number; participants: number; deliveries: number; faults: number };
  closing: AbortController;
};
