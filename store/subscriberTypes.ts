import type { Delivery } from "../domain/subscriber.ts";
import type { Severity } from "../domain/severity.ts";
import type { IncidentStatus } from "../domain/incident.ts";
import type { RecordedEvent, TimelineKind } from "../domain/timeline.ts";

/** Who is sent the events of timelines. What is sealed only a vault can open. */
export type SubscriberRow = {
  id: string;
  name: string;
  url: string;
  /** All of them when empty. */
  kinds: TimelineKind[];
  severities: Severity[];
  enabled: boolean;
  sealed_secrets: string;
  old_secret_until: string | null;
  failing_since: string | null;
  problem: string | null;
  last_accepted_at: string | null;
  created_at: string;
  created_by: string;
  /** Changes with what it is sent, and where; not with how deliveries come out. */
  updated_at: string;
};

type NewSubscriberRow = Pick<
  SubscriberRow,
  "id" | "name" | "url" | "kinds" | "severities" | "sealed_secrets" | "created_by"
>;

type Changeable = Pick<
  SubscriberRow,
  "name" | "url" | "kinds" | "severities" | "enabled" | "sealed_secrets" | "old_secret_until" | "problem"
>;

/** Fields that are undefined stay. */
export type SubscriberChange = { [Field in keyof Changeable]?: Changeable[Field] | undefined };

/** What is left to do for one: incidents of which events wait, and events that were given up. */
type Backlog = { incidents_waiting: number; dead: number };

export type Subscribers = {
  /** undefined: the name is taken, whatever its case. */
  create(subscriber: NewSubscriberRow): Promise<SubscriberRow | undefined>;
  /** Oldest first. */
  list(): Promise<(SubscriberRow & Backlog)[]>;
  get(id: string): Promise<(SubscriberRow & Backlog) | undefined>;
  /** false: the name is taken, or there is none. What it is sent is due at once, however often it failed. */
  change(id: string, change: SubscriberChange): Promise<boolean>;
  remove(id: string): Promise<boolean>;
  /** It accepted something: after an outage of minutes, all that failed is due at once. */
  accepted(id: string): Promise<void>;
  /** It did not; nothing is sent to it for so long. */
  failed(id: string, problem: string, quietMs: number): Promise<void>;
};

/** The facts of an incident that go with each of its events. */
export type IncidentFacts = {
  id: string;
  short_id: string;
  title: string;
  severity: Severity;
  status: IncidentStatus;
};

export type Outgoing = { incident: IncidentFacts; event: RecordedEvent };

/** An incident's stream of events to a subscriber, ours to send until the lease ends. */
export type StreamClaim = {
  subscriberId: string;
  incidentId: string;
  /** Events up to here are done with. */
  seq: number;
  /** Events up to here were there when it was claimed. */
  knownSeq: number;
  /** How often something failed since something was accepted. */
  tries: number;
  claim: string;
};

/** How far a delivery list was read. */
export type DeliveryPosition = { incidentId: string; seq: number };

type DeliveryPage = { limit: number; after?: DeliveryPosition | undefined };

/**
 * The way of events to subscribers. The timeline is the outbox: for each incident and subscriber it is known how far they
 * are. Whoever works on one has claimed it by a lease, so its events go out in order, and somebody else goes on when
 * the process dies. A claim that has ended changes nothing any more.
 */
export type Deliveries = DeliveryLists & {
  /** These incidents (all, when left out) have new events, perhaps: what is new is due. Answers how many streams are. */
  note(incidentIds?: readonly string[]): Promise<number>;
  /** Takes what is due, at most so many of each subscriber. Answers none of those that are disabled or to be left alone. */
  claim(most: { [subscriberId: string]: number }, leaseMs: number): Promise<StreamClaim[]>;
  /** The next events that the subscriber wants. Fewer than asked for: there are no more up to `knownSeq`. */
  next(claim: StreamClaim, limit: number): Promise<Outgoing[]>;
  /** Done with the events up to `seq`; the lease begins anew. false: it is not ours any more. */
  advance(claim: StreamClaim, seq: number, leaseMs: number): Promise<boolean>;
  /** Gives it back, done with the events up to `seq`. */
  release(claim: StreamClaim, seq: number): Promise<void>;
  /**
   * The event failed: to be tried again later, or given up when it is as old as `lifeMs` and nothing was accepted for as
   * long. Gives it back. Answers whether it was given up.
   */
  fail(
    claim: StreamClaim,
    seq: number,
    failure: { problem: string; delayMs: number; lifeMs: number },
  ): Promise<boolean>;
};

/** What people look at, and send again. */
export type DeliveryLists = {
  pending(subscriberId: string, page: DeliveryPage): Promise<Delivery[]>;
  dead(subscriberId: string, page: DeliveryPage): Promise<Delivery[]>;
  /** Dead ones of a subscriber, of one incident, or a single one; in the order of each incident. */
  deadEvents(
    subscriberId: string,
    which: { incidentId?: string | undefined; seq?: number | undefined; limit: number },
  ): Promise<Outgoing[]>;
  /** It was delivered after all. */
  revived(subscriberId: string, incidentId: string, seq: number): Promise<void>;
};
