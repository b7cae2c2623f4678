import type { Attendance } from "../domain/attendance.ts";
import type { MadeIn, ZoomPlan } from "../domain/connector.ts";
import type { FollowUp } from "../domain/followUp.ts";
import type { Bridge, Incident, IncidentStatus, Person } from "../domain/incident.ts";
import type { MeetingDefaults } from "../domain/meetingDefaults.ts";
import type { MeetingLife } from "../domain/meetingLife.ts";
import type { Movement } from "../domain/movements.ts";
import type { Execution, ExecutionState, MeetingFollow, MeetingMade } from "../domain/plan.ts";
import type { Runbook } from "../domain/runbook.ts";
import type { Severity } from "../domain/severity.ts";
import type { RecordedEvent, TimelineEvent } from "../domain/timeline.ts";
import type { AdminLinks, ApiKeys, Audit, Sessions } from "./accessTypes.ts";

export type * from "./accessTypes.ts";
import type { Deliveries, Subscribers } from "./subscriberTypes.ts";

/** Everything the product remembers outside Temporal. Every write is one statement: all or nothing. */
export type Store = {
  incidents: Incidents;
  timeline: Timeline;
  runbooks: Runbooks;
  executions: Executions;
  meetings: Meetings;
  followUps: FollowUps;
  intents: Intents;
  sendings: Sendings;
  receipts: Receipts;
  apiKeys: ApiKeys;
  adminLinks: AdminLinks;
  sessions: Sessions;
  audit: Audit;
  connectors: Connectors;
  signIns: SignIns;
  subscribers: Subscribers;
  deliveries: Deliveries;
  sealed: Sealed;
  people: People;
  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  /** Ends subscriptions and connections; may be called twice. */
  close(): Promise<void>;
};

/** What `pino` offers, as far as the store uses it. */
export type StoreLog = {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
};

/** One page of a list, newest first. `before` is the `next` of the page before it. */
type PageRequest = { limit: number; before?: string | undefined };

// ── incidents ────────────────────────────────────────────────────────────────────────────────────────────────────

export type IncidentRow = {
  incident: Incident;
  /** The latest meeting made as its bridge. */
  bridge: Bridge | null;
  /** The sequence number of the newest timeline event; 0 when there is none. */
  lastSeq: number;
};

export type IncidentFilter = {
  severity?: Severity | undefined;
  status?: IncidentStatus | undefined;
  /** true: neither resolved nor closed; false: resolved or closed. */
  open?: boolean | undefined;
  /** Words that stand in the id, short id, title or service, whatever their case. */
  q?: string | undefined;
};

/** What is written with an incident: the beginning of its timeline, and the executions that start. */
export type Planned = { events: TimelineEvent[]; started: Execution[] };

export type Incidents = {
  /**
   * Inserts unless it is there; answers what is there. What `planning` makes of the runbooks, as they are at that
   * very moment, is written with it, all or nothing; it may be asked again when they have just changed.
   */
  declare<P extends Planned>(
    incident: Incident,
    planning?: (runbooks: readonly Runbook[]) => P,
  ): Promise<{ incident: Incident; created: boolean; planned: P | undefined }>;
  get(id: string): Promise<IncidentRow | undefined>;
  list(page: PageRequest & IncidentFilter): Promise<{ incidents: IncidentRow[]; next?: string }>;
  /**
   * Saves fields (inserting an incident that is not there) and appends events, all or nothing.
   * Fields with an older `updated_at` than the stored one are left out; the events are recorded anyway.
   * Executions that `started` with it are saved with it; those that are there stay as they are.
   * Answers the events that are new.
   */
  save(incident: Incident, events: TimelineEvent[], started?: Execution[]): Promise<RecordedEvent[]>;
};

// ── timeline ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** An incident has events up to `seq`. `incidentId` "*": notes may have been missed, read all you follow again. */
export type TimelineNote = { incidentId: string; seq: number };

export type Timeline = {
  /** Records events in the order given; one whose id is there already is left as it is. Answers the new ones. */
  append(incidentId: string, events: TimelineEvent[]): Promise<RecordedEvent[]>;
  /** In order, those with a sequence number above `after`. */
  list(incidentId: string, page: { after?: number | undefined; limit: number }): Promise<RecordedEvent[]>;
  /** Tells of appends by anybody, after they are committed. Resolves when it listens, to what ends it. */
  subscribe(listener: (note: TimelineNote) => void): Promise<() => Promise<void>>;
};

// ── runbooks ─────────────────────────────────────────────────────────────────────────────────────────────────────

export type RunbookRow = {
  runbook: Runbook;
  /** The text as it was given. */
  source: string;
  version: number;
  updated_at: string;
  updated_by: string;
};

export type Runbooks = {
  /** Saves a new version when the document or its text differs; versions keep counting after a removal. */
  put(runbook: Runbook, source: string, by: string): Promise<{ version: number; changed: boolean }>;
  get(key: string): Promise<RunbookRow | undefined>;
  /** All of them, by key. */
  list(): Promise<RunbookRow[]>;
  /** false when there is none. Its versions stay on record. */
  remove(key: string): Promise<boolean>;
};

// ── executions ───────────────────────────────────────────────────────────────────────────────────────────────────

export type Executions = {
  /**
   * Saves an execution, and events of its incident with it. One that has ended is only replaced by one that has too,
   * so a belated save never revives it. Answers the events that are new.
   */
  save(execution: Execution, events?: TimelineEvent[]): Promise<RecordedEvent[]>;
  get(id: string): Promise<Execution | undefined>;
  /** In the order they were started. */
  listByIncident(incidentId: string): Promise<Execution[]>;
  /** Those with a step that is parked, as they were last written down; some hundreds, the oldest first. */
  listParked(): Promise<Execution[]>;
  list(
    page: PageRequest & { state?: ExecutionState | undefined },
  ): Promise<{ executions: Execution[]; next?: string }>;
};

// ── meetings ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** A meeting or a webinar that we made and follow. */
export type TrackedMeeting = {
  meeting_id: string;
  /** Absent: a meeting. */
  kind?: "meeting" | "webinar";
  incident_id: string;
  execution_id: string;
  step: string;
  purpose: MeetingMade["purpose"];
  topic: string;
  join_url: string;
  passcode?: string;
  host: string;
  marker: string;
  /** The host of an earlier request that had no answer: it may have made a second one, which Zoom lists late. */
  unanswered_on?: string;
  /** ISO 8601, UTC. */
  created_at: string;
  follow?: MeetingFollow;
  /** Absent of what was made before this was kept: then the default account has it. */
  made_in?: MadeIn;
  /** Emails of those whom we registered, by registrant id. */
  registrants?: { [registrantId: string]: string };
};

export type MeetingRow = {
  meeting: TrackedMeeting;
  life: MeetingLife | null;
  /** Whom the incident expects on its calls. */
  expected: Person[];
  /** Its incident is. */
  isResolved: boolean;
  /** A follow-up that we took back: that Zoom tells of its deletion is no news. */
  isWithdrawn: boolean;
};

/** What becomes of a meeting's life, and what belongs on the timeline with it. */
type LifeChange = { life: MeetingLife; events?: TimelineEvent[] };

export type Meetings = {
  /** Saves what was made; the life stays as it is. */
  save(meeting: TrackedMeeting): Promise<void>;
  /** Adds to the registrants that are known of a meeting; of one that is not ours nothing is kept. */
  addRegistrants(meetingId: string, registrants: { [registrantId: string]: string }): Promise<void>;
  get(meetingId: string): Promise<MeetingRow | undefined>;
  /** In the order they were made. */
  listByIncident(incidentId: string): Promise<MeetingRow[]>;
  /** How many bridges of open incidents, declared since, each host has that people may be in; by email, lower case. */
  bridgesByHost(sinceMs: number): Promise<{ [host: string]: number }>;
  /** When Zoom last told something of it by itself; null before it ever did. */
  heardAtMs(meetingId: string): Promise<number | null>;
  /**
   * Changes the life of a meeting, with events of its incident, all or nothing. `change` may be called again with what
   * somebody else has written meanwhile. `heard`: Zoom told it by itself. Answers the life before and after. Rejects
   * when the meeting was never saved.
   */
  changeLife(
    meetingId: string,
    change: (before: MeetingLife, row: MeetingRow) => LifeChange,
    options?: { heard?: boolean },
  ): Promise<{ before: MeetingLife; life: MeetingLife }>;
  /** Records who came and went; what is there is left as it is. Answers how many are new. */
  addMovements(meetingId: string, movements: readonly Movement[]): Promise<number>;
  /** In no order: of one session, or of all. */
  movements(meetingId: string, uuid?: string): Promise<Movement[]>;
  /**
   * Of the session that goes on, and of people who wait for one to begin: the latest movement of each connection that is
   * on the call or waits to be let in.
   */
  movementsNow(meetingId: string, life: MeetingLife): Promise<Movement[]>;
  saveAttendance(meetingId: string, uuid: string, attendance: Attendance): Promise<void>;
  /** Of all its sessions, in no order. */
  attendances(meetingId: string): Promise<(Attendance & { uuid: string })[]>;
};

// ── follow-ups ───────────────────────────────────────────────────────────────────────────────────────────────────

export type FollowUps = {
  /** Saves one as it stands, and events of its incident with it. Answers the events that are new. */
  save(followUp: FollowUp, events?: TimelineEvent[]): Promise<RecordedEvent[]>;
  get(meetingId: string): Promise<FollowUp | undefined>;
  /** What has its entry in people's calendars now: itself, or what took its place. */
  current(meetingId: string): Promise<FollowUp | undefined>;
  /** Of an incident, the latest one of each step. */
  latest(incidentId: string): Promise<FollowUp[]>;
};

// ── intents ──────────────────────────────────────────────────────────────────────────────────────────────────────

export type Intent = {
  /** false: an earlier attempt left it. */
  created: boolean;
  host: string;
  marker: string;
  /** `trying`: something may have been made; `made`: it was, see `meetingId`. */
  state: "idle" | "trying" | "made";
  /** How often it was tried. */
  tries: number;
  /** How long ago the latest try began, by the database's clock. */
  triedAgoMs: number | null;
  meetingId: string | null;
  /** Of the latest try; null before that was kept. */
  madeIn: MadeIn | null;
};

/** What was about to be made, written before Zoom is asked to make it: see DESIGN.md 4.1. */
export type Intents = {
  /** The row for a key: made now, its first try claimed, or as an earlier attempt left it. */
  begin(
    key: string,
    fresh: { action: string; host: string; marker: string; madeIn?: MadeIn | undefined },
  ): Promise<Intent>;
  get(key: string): Promise<Pick<Intent, "state" | "madeIn"> | undefined>;
  /**
   * Claims the next try, right before asking Zoom: `tries` is what `begin` answered. Answers the number of this try,
   * or undefined when another attempt came between (tried or made it): then nothing may be made; begin again.
   */
  trying(key: string, host: string, tries: number, madeIn?: MadeIn): Promise<number | undefined>;
  /** This try surely made nothing. Ignored when it is not the latest. */
  idle(key: string, thisTry: number): Promise<void>;
  /** It is made (or was found). Answers the meeting on record: the first that was reported, maybe another one. */
  made(key: string, meetingId: string): Promise<string>;
};

// ── sendings ─────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * What reaches somebody when it is sent, and must not twice for one reason: claimed right before it is sent, so that
 * whoever finds a claim knows that it may have been sent. The key names the reason and whom it reaches.
 */
export type Sendings = {
  /**
   * `claimed`: ours to send now. `sent`: it was sent. `open`: somebody claimed it and never said how it came out, so it
   * may have been sent. The note (JSON) is the one of the first claim.
   */
  claim<Note>(key: string, note: Note): Promise<{ state: "claimed" | "sent" | "open"; note: Note }>;
  sent(key: string): Promise<void>;
  /** It surely was not sent, so it may be claimed again. What was sent stays sent. */
  release(key: string): Promise<void>;
  /** Removes some thousands of the oldest. Answers how many were removed: 0 when none is left that is so old. */
  purge(olderThanMs: number): Promise<number>;
};

// ── receipts ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** Which webhooks were taken, so that a repetition is known as one. */
export type Receipts = {
  /**
   * true: none of the keys is known, go on and say `handled` or `forget`. A key that got neither for half a minute,
   * since its process died, counts as unknown, so Zoom's next try is taken.
   */
  accept(keys: string[]): Promise<boolean>;
  handled(keys: string[]): Promise<void>;
  /** Handling failed: Zoom's next try is to be taken. */
  forget(keys: string[]): Promise<void>;
  /** As of sendings. */
  purge(olderThanMs: number): Promise<number>;
};

// ── connectors ───────────────────────────────────────────────────────────────────────────────────────────────────

/** An authorised Zoom account, or one that waits for somebody to sign in. What is sealed only a vault can open. */
export type ConnectorRow = {
  id: string;
  name: string;
  kind: "account_credentials" | "sign_in";
  /** Zoom's ids of the account and of who signed in; null before anybody did. */
  account_id: string | null;
  user_id: string | null;
  client_id: string;
  is_default: boolean;
  /** Users of the account who host. */
  hosts: string[];
  /** Or whoever is in this group of Zoom's, by its id or name. */
  host_group: string | null;
  plan: ZoomPlan | null;
  meeting_defaults: MeetingDefaults | null;
  sealed_secrets: string;
  state: "connected" | "needs_authorization";
  created_at: string;
  created_by: string;
  /** Since when its credentials are what they are, or somebody signed in. */
  authorized_at: string;
  /** Changes with what a client is made of; not with the renewal of a grant. */
  updated_at: string;
};

type Settings = Pick<ConnectorRow, "hosts" | "host_group" | "plan" | "meeting_defaults">;

type NewConnector = Pick<
  ConnectorRow,
  "id" | "name" | "kind" | "account_id" | "client_id" | "sealed_secrets" | "state" | "created_by"
> &
  Pick<Settings, "hosts"> &
  Partial<Settings>;

/** What is given is changed. */
export type ConnectorChange = Partial<Settings & Pick<ConnectorRow, "name">> & {
  /** In place of those that were read before: `isNewKey` if it is authorized otherwise by them. */
  secrets?: { before: string; sealed: string; isNewKey: boolean };
};

type Authorization = { sealed_grant: string; account_id: string; user_id: string; host: string };

export type Connectors = Grants & {
  /** The first that is connected is the default. undefined: the name is taken, whatever its case. */
  create(connector: NewConnector): Promise<ConnectorRow | undefined>;
  /** Oldest first. */
  list(): Promise<ConnectorRow[]>;
  get(id: string): Promise<ConnectorRow | undefined>;
  /** `name_taken`, whatever its case. undefined: it is gone, or its secrets are others than those given as before. */
  change(id: string, change: ConnectorChange): Promise<ConnectorRow | "name_taken" | undefined>;
  /** A webhook was verified by its secret token; written at most once a minute. */
  heard(id: string): Promise<void>;
  /** Undefined: never. */
  heardAt(id: string): Promise<string | undefined>;
  /** false: there is none that is connected. */
  makeDefault(id: string): Promise<boolean>;
  /** With all its secrets. Another one takes its place as the default. */
  remove(id: string): Promise<boolean>;
};

export type Grants = {
  /** undefined: nobody has signed in, or Zoom accepts it no more. */
  readGrant(id: string): Promise<{ version: number; sealed: string; ageMs: number } | undefined>;
  /** Ours to renew, for so long; false while it is somebody else's, or when the version is another one. */
  claimGrant(id: string, version: number, leaseMs: number): Promise<boolean>;
  releaseGrant(id: string, version: number): Promise<void>;
  /** Answers the new version; undefined when the version is another one by now. */
  replaceGrant(id: string, version: number, sealed: string): Promise<number | undefined>;
  /** Somebody has to sign in again. false: the version is another one by now. */
  buryGrant(id: string, version: number): Promise<boolean>;
  /** Somebody signed in. undefined: it is another account's, or gone. Who signed in hosts unless others do. */
  authorize(id: string, authorization: Authorization): Promise<ConnectorRow | undefined>;
};

/** Somebody on the way to Zoom's sign-in page and back. */
type SignIn = { connector_id: string; sealed_verifier: string; started_by: string };

export type SignIns = {
  begin(signIn: SignIn & { state_hash: string; browser_hash: string; lifeMs: number }): Promise<void>;
  /** Each can be taken once, by the browser that began it. */
  take(stateHash: string, browserHash: string): Promise<SignIn | undefined>;
};

// ── what is sealed ───────────────────────────────────────────────────────────────────────────────────────────────

/** One sealed value, wherever it lies. */
export type SealedValue = {
  /** Table and column. */
  place: string;
  /** What it is sealed for. */
  owner: string;
  sealed: string;
  /** false: it is another one by now, or gone. */
  replace(resealed: string): Promise<boolean>;
};

export type Sealed = {
  /** Everything that is sealed, read while it may change. */
  all(): AsyncIterable<SealedValue>;
};

// ── what is kept of people ───────────────────────────────────────────────────────────────────────────────────────

/** A document of an incident that may tell of people. */
export type KeptRecord = {
  place: string;
  doc: object;
  /** false: it is another one by now. */
  replace(doc: object): Promise<boolean>;
};

export type People = {
  /** Incidents that mention an email (in lower case). `settled`: nobody writes of them any more. */
  incidentsWith(email: string): Promise<{ id: string; settled: boolean }[]>;
  /** Some settled incidents that were last changed so long ago, and whose people are not forgotten yet. */
  overdue(olderThanMs: number): Promise<{ id: string; lastSeq: number }[]>;
  records(incidentId: string): Promise<KeptRecord[]>;
  /** Who came, went and attended. */
  forgetAttendance(incidentId: string): Promise<void>;
  /** Its people are forgotten, as far as its timeline goes. */
  forgotten(incidentId: string, seq: number): Promise<void>;
  /** Notes of what was sent to an address or a number. */
  forgetSendings(words: readonly string[]): Promise<void>;
  /** Tables that are no incident's and mention an email. */
  elsewhere(email: string): Promise<string[]>;
};
