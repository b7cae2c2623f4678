import type { Clock } from "./clock.ts";
import { hostingSwitches } from "./hostingSwitches.ts";
import { zoomUserId } from "./ids.ts";
import { LIVE_DEFAULTS, REGISTRATION_DEFAULTS } from "./peopleSettings.ts";
import { ALL_ADMIN_SCOPES } from "./operations.ts";
import { recordingSwitches } from "./recordingSwitches.ts";
import type { Tap } from "./tap.ts";
import type { Cloud, Group, Plan, Settings, User, UserType, WebhookEndpoint } from "./state.ts";

export const APP = {
  name: "Incident runbooks",
  accountId: "sim-account",
  clientId: "sim-client",
  clientSecret: "sim-secret",
  webhookSecretToken: "sim-webhook-secret",
} as const;

const LICENSED_HOSTS = ["host1", "host2", "host3", "host4", "host5"];
const WEBINAR_HOSTS: ReadonlySet<string> = new Set(["host1", "host2"]);

export type CloudOptions = { plan?: Plan; webhooks?: WebhookEndpoint; tap?: Tap };

/** A new account with its users and no past; `fillCloud` is also how a reset starts over. */
export function createCloud(clock: Clock, options: CloudOptions): Cloud {
  const cloud = {
    clock,
    baseUrl: "",
    filesUrl: "",
    closing: new AbortController(),
  } as Cloud;
  if (options.tap) cloud.tap = options.tap;
  fillCloud(cloud, options);
  return cloud;
}

export function fillCloud(cloud: Cloud, options: CloudOptions): void {
  const users = defaultUsers(cloud.clock.now());
  Object.assign(cloud, {
    accountId: APP.accountId,
    settings: defaultSettings(options.plan ?? "pro"),
    users,
    groups: [respondersOf(users)],
    meetings: new Map(),
    sessions: new Map(),
    calls: [],
    tokens: new Map(),
    codes: new Map(),
    grants: new Map(),
    downloadTokens: new Map(),
    usage: {
      windows: new Map(),
      labelDays: new Map(),
      hostDays: new Map(),
      registrantDays: new Map(),
      liveControls: new Map(),
    },
    faults: [],
    requests: [],
    webhooks: {
      ...(options.webhooks && { endpoint: options.webhooks }),
      deliveries: [],
      queues: new Map(),
      sending: 0,
    },
    counters: { uuids: 0, participants: 0, deliveries: 0, faults: 0, calls: 0 },
  } satisfies Omit<Cloud, "clock" | "baseUrl" | "filesUrl" | "closing" | "tap">);
}

export function createUser(email: string, type: UserType, createdAtMs: number, index: number): User {
  const name = email.split("@")[0] ?? email;
  return {
    id: zoomUserId(),
    email,
    firstName: name.slice(0, 1).toUpperCase() + name.slice(1),
    lastName: "Example",
    type,
    status: "active",
    role: "admin",
    pmi: 5_550_000_000 + index,
    createdAtMs,
  };
}

function defaultUsers(nowMs: number): User[] {
  const hosts = LICENSED_HOSTS.map((name, index) => ({
    ...createUser(`${name}@example.com`, 2, nowMs, index),
    ...(WEBINAR_HOSTS.has(name) && { webinar: 500 }),
  }));
  return [...hosts, { ...createUser("basic@example.com", 1, nowMs, hosts.length), role: "member" }];
}

function respondersOf(users: User[]): Group {
  return { id: zoomUserId(), name: "responders", memberIds: users.slice(0, 3).map(({ id }) => id) };
}

function defaultSettings(plan: Plan): Settings {
  return {
    plan,
    limits: { enabled: true, hostDailyMax: 100, headers: "observed", perSecond: {} },
    lockedSettings: {},
    generatePasscodes: true,
    passcodeRule: "any",
    refusedAlternativeHosts: [],
    endIdle: "accepted",
    scopes: ALL_ADMIN_SCOPES,
    appDisabled: false,
    appKind: "any",
    redirectUrls: null,
    signInAs: "ask",
    refreshGraceMs: 0,
    recordingDelayMs: 2_000,
    transcriptDelayMs: 2_000,
    attendanceDelayMs: 0,
    listLagMs: 0,
    latencyMs: 0,
    endWhenEmpty: true,
    enforceJoinBeforeHost: false,
    listOnePersonMeetings: true,
    uuidStyle: "mixed",
    ...hostingSwitches(),
    ...recordingSwitches(),
    live: LIVE_DEFAULTS,
    registration: REGISTRATION_DEFAULTS,
  };
}
