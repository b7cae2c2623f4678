import type { Clock } from "./clock.ts";
import type { HostingSwitches } from "./hostingSwitches.ts";
import type { UuidStyle } from "./ids.ts";
import type { LiveCall } from "./liveCalls.ts";
import type { LiveSettings, RegistrationSettings } from "./peopleSettings.ts";
import type { Recording } from "./recordingState.ts";
import type { RecordingSwitches } from "./recordingSwitches.ts";
import type { Registrant } from "./registrants.ts";
import type { Tap } from "./tap.ts";

export type Plan = "free" | "pro" | "business";
export type Label = "LIGHT" | "MEDIUM" | "HEAVY" | "RESOURCE-INTENSIVE";

/** 5 at a time, 6 recurring without fixed times, 9 recurring. */
export type WebinarType = 5 | 6 | 9;

/** 1 basic, 2 licensed, 99 no meetings licence. */
export type UserType = 1 | 2 | 99;

export type User = {
  id: string;
  email: string;
  firstName: string;
  lastName: string;
  type: UserType;
  /** Who was removed is kept for what is told of the past. */
  status: "active" | "inactive" | "removed";
  /** Administrators alone grant scopes of the whole account. */
  role: "admin" | "member";
  /** Seats of the add-on for large meetings; absent or 0: none. */
  largeMeeting?: number;
  /** Seats of the webinar licence; absent or 0: none. */
  webinar?: number;
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

export type Panelist = { id: string; name: string; email: string };

export type WebinarRegistrant = {
  id: string;
  email: string;
  firstName: string;
  lastName: string;
  status: "approved" | "pending";
  createdAtMs: number;
};

/** Webinars are meetings of other types: ids, sessions and recordings are the same. */
export type Meeting = {
  id: number;
  /** Of the running session, or else of the one to come. */
  uuid: string;
  hostId: string;
  type: 1 | 2 | 3 | 8 | 10 | WebinarType;
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
  /** People who wait for the host to start it. */
  atDoor?: { person: Person }[];
  panelists?: Panelist[];
  webinarRegistrants?: WebinarRegistrant[];
  registrants: Registrant[];
};

/** One time a meeting was live. People may sit in the waiting room before it started. */
export type Session = {
  uuid: string;
  meetingId: number;
  startedAtMs?: number;
  endedAtMs?: number;
  stays: Stay[];
  recording?: Recording;
  summary?: { createdAtMs: number };
  /** Their UUIDs by name. */
  breakoutRooms?: Record<string, string>;
};

/** Who opens a link. */
export type Person = {
  name: string;
  email?: string | undefined;
  waiting_room?: boolean | undefined;
  phone_number?: string | undefined;
  customer_key?: string | undefined;
  registrant_id?: string | undefined;
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
  breakoutRoom?: string;
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
  /** Only webhooks of this meeting. */
  meetingId?: number | undefined;
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

export type Settings = HostingSwitches &
  RecordingSwitches & {
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
    /** What the app's credentials are good for; any: both kinds of tokens. */
    appKind: "any" | "general" | "server_to_server";
    /** Where the app may have people sent back to; null: anywhere. */
    redirectUrls: string[] | null;
    /** Whose agreement is taken for granted, null: who declines; ask: whoever is at the sign-in page says. */
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
    live: LiveSettings;
    registration: RegistrationSettings;
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
  registrantDays: Map<string, number>;
  liveControls: Map<string, number[]>;
};

/** All there is. Handlers change it synchronously, so every request is atomic. */
export type Cloud = {
  clock: Clock;
  baseUrl: string;
  /** Another host, where the bytes of recordings are. */
  filesUrl: string;
  accountId: string;
  settings: Settings;
  users: User[];
  groups: Group[];
  meetings: Map<number, Meeting>;
  sessions: Map<string, Session>;
  calls: LiveCall[];
  tokens: Map<string, Token>;
  codes: Map<string, AuthorizationCode>;
  /** By refresh token. */
  grants: Map<string, { userId: string; expiresAtMs: number }>;
  downloadTokens: Map<string, number>;
  usage: Usage;
  faults: FaultRule[];
  requests: LoggedRequest[];
  webhooks: {
    endpoint?: WebhookEndpoint;
    deliveries: Delivery[];
    queues: Map<string, Promise<void>>;
    /** Tries that are under way. */
    sending: number;
  };
  counters: { uuids: number; participants: number; deliveries: number; faults: number; calls: number };
  closing: AbortController;
  tap?: Tap;
};
