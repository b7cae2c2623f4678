import type { MeetingEvent, MeetingLife } from "../domain/meetingLife.ts";
import { currentSession } from "../domain/meetingLife.ts";
import { trustMs } from "../domain/meetingWatch.ts";
import { lifeChange, scopeOf } from "../domain/milestones.ts";
import type { Movement } from "../domain/movements.ts";
import { byConnection, identified } from "../domain/movements.ts";
import type { MeetingRow } from "../store/index.ts";
import type { ZoomClient } from "../zoom/client.ts";
import { withSignal } from "../zoom/client.ts";
import type { LiveParticipant } from "../zoom/dashboards.ts";
import { listLiveParticipants } from "../zoom/dashboards.ts";
import { ZoomError } from "../zoom/errors.ts";
import type { ZoomAccount } from "./action.ts";
import type { PerformDeps } from "./perform.ts";

/**
 * Who is on a call of which webhooks do not tell: accounts with a dashboard list it. Without one, or when it does not
 * answer soon, nobody knows, and nothing waits for that.
 */
const answersWithinMs = 5000;

/** Somebody who came just now may be on the list a little later. */
const listedWithinMs = 2 * 60_000;

/** Who came to the session so far; undefined where Zoom does not tell. */
export const peopleOn = async (zoom: ZoomClient, uuid: string): Promise<LiveParticipant[] | undefined> => {
  const signal = AbortSignal.timeout(answersWithinMs);
  try {
    const people = await listLiveParticipants(withSignal(zoom, signal), uuid);
    return people.length > 0 ? people : undefined;
  } catch (error) {
    if (error instanceof ZoomError || signal.aborted) return undefined;
    throw error;
  }
};

/** `zoom`: the account that the meeting was made in. */
type Deps = Pick<PerformDeps, "store" | "nowMs"> & { zoom: Pick<ZoomAccount, "client"> };

/** Looks who is on the call, if one goes on and webhooks are silent. Answers the life with what that told. */
export const lookWhoIsThere = async (
  deps: Deps,
  row: MeetingRow,
  uuid = row.life ? currentSession(row.life)?.uuid : undefined,
): Promise<MeetingLife | null> => {
  const { store, zoom, nowMs } = deps;
  const { meeting, life } = row;
  const { meeting_id: meetingId, kind } = meeting;
  if (uuid === undefined || kind === "webinar") return life;
  const heardAtMs = await store.meetings.heardAtMs(meetingId);
  const askedAtMs = nowMs();
  if (heardAtMs !== null && askedAtMs - heardAtMs < trustMs) return life;
  const people = await peopleOn(zoom.client, uuid);
  if (!people) return life;
  const seen = people
    .flatMap((person) => movementsOf(person, uuid))
    .map((movement) => identified(movement, meeting.registrants));
  const known = await store.meetings.movements(meetingId, uuid);
  await store.meetings.addMovements(meetingId, [...seen, ...goneFrom(known, seen, askedAtMs)]);
  const events = seen.filter(({ type }) => type === "joined");
  return (await told(deps, row, events)).life;
};

const told = ({ store, nowMs }: Deps, row: MeetingRow, events: MeetingEvent[]) =>
  store.meetings.changeLife(row.meeting.meeting_id, (before) =>
    lifeChange(before, events, scopeOf(row), nowMs()),
  );

/** The same as the webhooks of it tell. */
const movementsOf = (person: LiveParticipant, uuid: string): Movement[] => {
  const { name, email, userId, registrantId, byPhone, inWaitingRoom, joinMs, leaveMs } = person;
  const participant: Movement["person"] = {
    key: person.participantUuid ?? person.connectionId ?? userId ?? name,
    name,
    ...(email && { email: email.toLowerCase() }),
    ...(userId && { userId }),
    ...(registrantId && { registrantId }),
    ...(byPhone && { byPhone }),
  };
  const [came, went] = inWaitingRoom ? (["waiting", "waited"] as const) : (["joined", "left"] as const);
  const move = (type: Movement["type"], atMs: number): Movement => ({
    type,
    uuid,
    atMs,
    person: participant,
    noticed: true,
  });
  return [move(came, joinMs), ...(leaveMs === undefined ? [] : [move(went, leaveMs)])];
};

/** Those of whom a webhook told that they came, and whom Zoom does not list: that they went was lost. */
const goneFrom = (known: readonly Movement[], seen: readonly Movement[], askedAtMs: number): Movement[] => {
  const listed = new Set(seen.map(({ person }) => person.key));
  return byConnection(known).flatMap((movements): Movement[] => {
    const latest = movements.at(-1);
    const isThere = latest?.type === "joined" || latest?.type === "waiting";
    if (!isThere || listed.has(latest.person.key) || latest.atMs > askedAtMs - listedWithinMs) return [];
    const type = latest.type === "waiting" ? "waited" : "left";
    return [{ ...latest, type, atMs: askedAtMs, noticed: true }];
  });
};
