import { durationText } from "../domain/duration.ts";
import type { Person } from "../domain/incident.ts";
import { isResolved } from "../domain/incidentChange.ts";
import type { MeetingSession } from "../domain/meetingLife.ts";
import { sessionOf, withTold } from "../domain/meetingLife.ts";
import { milestone } from "../domain/milestones.ts";
import type { Movement } from "../domain/movements.ts";
import { absentOf, callView, presenceOf, tellsWhoCame } from "../domain/movements.ts";
import { isSamePerson, listText, shownName } from "../domain/people.ts";
import type { MeetingFollow } from "../domain/plan.ts";
import type { TimelineEvent } from "../domain/timeline.ts";
import type { MeetingRow } from "../store/index.ts";
import type { ZoomClient } from "../zoom/client.ts";
import { ZoomError } from "../zoom/errors.ts";
import { getMeeting } from "../zoom/meetings.ts";
import { participantsUntold } from "./liveCall.ts";
import type { PerformDeps } from "./perform.ts";
import { accountOfMeeting } from "./zoomAccounts.ts";
import type { Sorted } from "./people/callees.ts";
import { calleesIn, rowsIn, sortPhone, sortUser } from "./people/callees.ts";
import type { Row } from "./people/callReport.ts";
import { callDetail, rowOf, wasCalled } from "./people/callReport.ts";
import type { Callee } from "./people/calls.ts";
import { callIn } from "./people/calls.ts";

/** Who of the expected people is not on a call some minutes after its start: they are named, and called if wanted. */

export const tellMissing = async (deps: PerformDeps, row: MeetingRow, uuid: string): Promise<void> => {
  const { meeting, expected, life } = row;
  const meetingId = meeting.meeting_id;
  const session = life && sessionOf(life, uuid);
  if (!session || session.endedAtMs !== undefined) return;
  const atMs = deps.nowMs();
  const movements = await deps.store.meetings.movements(meetingId, uuid);
  const after = durationText(Math.max(0, atMs - session.startedAtMs));
  const { names, waits, data } = missingIn(movements, expected);
  const title = `Not on the call after ${after}: ${listText(names)}`;
  const detail = waits.length > 0 && `In the waiting room, let them in: ${listText(waits)}.`;
  const more = { ...(detail && { detail }), data };
  const events =
    names.length > 0 && tellsWhoCame(movements)
      ? [milestone({ meetingId }, "meeting.responders_missing", uuid, atMs, title, more)]
      : [];
  await deps.store.meetings.changeLife(meetingId, (before) => ({
    life: withTold(before, uuid, { missing: true }),
    events,
  }));
};

/** The same for people and for machines. */
export const missingIn = (movements: readonly Movement[], expected: readonly Person[]) => {
  const { present, waiting } = presenceOf(movements);
  const shown = (person: Person): string => shownName(person, expected);
  const { missing, waiting: keys } = callView(movements, expected);
  return {
    names: absentOf(present, expected).map(shown),
    waits: waiting.map((seen) => {
      const person = expected.find((each) => isSamePerson(each, seen));
      return person ? shown(person) : shownName(seen, waiting);
    }),
    data: { missing, waiting: keys },
  };
};

/** How long their phones may ring. */
const answersWithinMs = 40_000;

/**
 * Calls those who were missing when they were named, each once for a session, and tells how they answered. Whoever has
 * come meanwhile is not called, and nobody is once the call has ended or the incident is resolved.
 */
export const callMissing = async (deps: PerformDeps, row: MeetingRow, uuid: string): Promise<void> => {
  const { store, nowMs } = deps;
  const { life, meeting } = row;
  const session = life && sessionOf(life, uuid);
  if (!session || session.told?.called) return;
  const movements = await store.meetings.movements(meeting.meeting_id, uuid);
  const events = tellsWhoCame(movements)
    ? await called(deps, row, session, movements)
    : [unheard(row, uuid, nowMs())];
  await store.meetings.changeLife(meeting.meeting_id, (before) => ({
    life: withTold(before, uuid, { called: true }),
    events,
  }));
};

const called = async (
  deps: PerformDeps,
  row: MeetingRow,
  session: MeetingSession,
  movements: readonly Movement[],
): Promise<TimelineEvent[]> => {
  const { store, nowMs } = deps;
  const zoom = accountOfMeeting(deps, row.meeting);
  const meetingId = row.meeting.meeting_id;
  const isOver = !(await isWanted(deps, row, session));
  const absent = absentOf(presenceOf(movements).present, row.expected);
  const { callees, rows } = await reached(zoom.client, row, missedBy(movements, row, session));
  const results = await callIn(
    { store, zoom: zoom.client, reason: `meeting-${meetingId}/${session.uuid}/missing` },
    [...callees.keys()],
    {
      meetingId,
      waitMs: answersWithinMs,
      requirePressingOne: true,
      unless: (callee) => {
        if (isOver) return "too_late";
        const person = callees.get(callee);
        return person && !absent.includes(person) ? "already_there" : undefined;
      },
    },
  );
  const people = [...results.map(rowOf), ...rows].filter(({ outcome }) => outcome !== "already_there");
  if (isOver ? results.every(({ outcome }) => outcome === "too_late") : people.length === 0) return [];
  return [calledEvent(meetingId, session.uuid, people, nowMs())];
};

/** Whoever was not there when the missing were named. Zoom tells whole seconds: joins of that second come later. */
const missedBy = (
  movements: readonly Movement[],
  { meeting, expected }: MeetingRow,
  { startedAtMs }: MeetingSession,
): Person[] => {
  const namedAtMs = startedAtMs + (meeting.follow?.missingAfterMs ?? 0);
  const isEarlier = ({ atMs }: Movement) => atMs < Math.floor(namedAtMs / 1000) * 1000;
  return absentOf(presenceOf(movements.filter(isEarlier)).present, expected);
};

/** Phones ring for a call that is over, too: so Zoom is asked as well. */
const isWanted = async (
  deps: PerformDeps,
  { meeting }: MeetingRow,
  { endedAtMs }: MeetingSession,
): Promise<boolean> => {
  const incident = (await deps.store.incidents.get(meeting.incident_id))?.incident;
  if (endedAtMs !== undefined || !incident || isResolved(incident)) return false;
  try {
    const { client } = accountOfMeeting(deps, meeting);
    return (await getMeeting(client, meeting.meeting_id)).status === "started";
  } catch (error) {
    if (!(error instanceof ZoomError) || error.retryable) throw error;
    return error.code !== "not_found";
  }
};

type Reached = { callees: Map<Callee, Person>; rows: Row[] };

/** By which ways each can be called. Somebody who can be by one way is not told of for lack of the other. */
const reached = async (
  zoom: ZoomClient,
  { meeting, expected }: MeetingRow,
  people: readonly Person[],
): Promise<Reached> => {
  const all: Reached = { callees: new Map(), rows: [] };
  for (const person of people) {
    const sorted = await waysTo(zoom, meeting.follow?.callMissing, person, expected);
    const callees = calleesIn(sorted);
    for (const callee of callees) all.callees.set(callee, person);
    const isAmiss = ({ outcome }: Row) => outcome === "invalid_number" || outcome === "refused";
    all.rows.push(...rowsIn(sorted).filter((each) => callees.length === 0 || isAmiss(each)));
  }
  return all;
};

const waysTo = async (
  zoom: ZoomClient,
  ways: MeetingFollow["callMissing"],
  person: Person,
  expected: readonly Person[],
): Promise<Sorted[]> => {
  const { phone, email } = person;
  // A number stays out of what people read: who has nothing else is "somebody".
  const name = person.name || email ? shownName(person, expected) : undefined;
  return [
    ...(ways?.contacts ? [await contactOrRefusal(zoom, { name, email })] : []),
    ...(ways?.phones ? [sortPhone({ name, phone })] : []),
  ];
};

/** Zoom may not let us look people up; their phones can be rung all the same. */
const contactOrRefusal = async (
  zoom: ZoomClient,
  person: { name: string | undefined; email: string | undefined },
): Promise<Sorted> => {
  try {
    return await sortUser(zoom, person);
  } catch (error) {
    if (!(error instanceof ZoomError) || error.retryable) throw error;
    const { name = "somebody" } = person;
    return { row: { name, way: "zoom", outcome: "refused", reason: error.message } };
  }
};

const calledEvent = (
  meetingId: string,
  uuid: string,
  people: readonly Row[],
  atMs: number,
): TimelineEvent => {
  const countOf = (rows: readonly Row[]): number => new Set(rows.map(({ name }) => name)).size;
  const rung = countOf(people.filter(wasCalled));
  const accepted = countOf(people.filter(({ outcome }) => outcome === "accepted"));
  const title =
    rung > 0
      ? `Called ${rung} who ${rung === 1 ? "was" : "were"} missing: ${accepted} accepted`
      : "Nobody who is missing could be called";
  return milestone({ meetingId }, "participants.invited", uuid, atMs, title, callDetail(people));
};

/** Somebody must be there, so nothing that is known of the call can be right. */
const unheard = ({ meeting }: MeetingRow, uuid: string, atMs: number): TimelineEvent =>
  milestone(
    { meetingId: meeting.meeting_id },
    "participants.invited",
    uuid,
    atMs,
    "Nobody was called: Zoom has not told who is on the call",
    { detail: participantsUntold },
  );
