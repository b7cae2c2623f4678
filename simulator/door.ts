import { ControlRefusal } from "./controlBodies.ts";
import { beforeHost } from "./doorEvents.ts";
import { hasExpired } from "./expiry.ts";
import { hostOf, liveSession } from "./meetingViews.ts";
import { endSession, join, mayHost, present } from "./sessions.ts";
import type { Cloud, Meeting, Person, Session, Stay, User } from "./state.ts";
import { isBasic } from "./users.ts";

const MINUTE_MS = 60_000;
/** Zoom tells of somebody at the door only after this long. */
const TOLD_AFTER_MS = 30_000;

type Opening = { kind: "inside"; session: Session; stay: Stay } | { kind: "outside" };

/** Somebody opens the link of a meeting: they come in, wait for its host if they care to, or are turned away. */
export function openLink(cloud: Cloud, meeting: Meeting, person: Person, waits = false): Opening {
  refuseGone(cloud, meeting);
  const hosts = mayHost(cloud, meeting, person);
  const starts = liveSession(meeting) === undefined && !goesToWaitingRoom(meeting, person);
  if (starts && !hosts && mustWaitForHost(cloud, meeting)) return wait(cloud, meeting, person, waits);
  if (starts && cloud.settings.enforceHostLimit) makeRoom(cloud, meeting, hosts);
  refuseFull(cloud, meeting);
  const inside = join(cloud, meeting, person);
  if (starts && !hosts && meeting.settings.join_before_host === true)
    beforeHost(cloud, meeting, "joined", person);
  if (hosts) letIn(cloud, meeting);
  return { kind: "inside", ...inside };
}

/** Who waits for the host gives up. */
export function leaveDoor(cloud: Cloud, meeting: Meeting, name: string): boolean {
  const waiting = meeting.atDoor?.find(({ person }) => person.name === name);
  if (waiting === undefined) return false;
  meeting.atDoor = meeting.atDoor?.filter((other) => other !== waiting) ?? [];
  beforeHost(cloud, meeting, "waiting_left", waiting.person);
  return true;
}

function refuseGone(cloud: Cloud, meeting: Meeting): void {
  if (meeting.deleted || hasExpired(cloud, meeting))
    throw new ControlRefusal(404, "This meeting was deleted or has expired.");
  if (liveSession(meeting) === undefined && hostOf(cloud, meeting).status !== "active")
    throw new ControlRefusal(409, "The host of this meeting was deactivated: nobody can start it.");
}

/** Before the waiting room's door there is no host to wait for. */
const goesToWaitingRoom = ({ settings }: Meeting, person: Person): boolean =>
  person.waiting_room === true || settings.waiting_room === true;

/** `jbh_time` says how many minutes early people may come in; 0 as early as they like. */
function mustWaitForHost({ settings, clock }: Cloud, meeting: Meeting): boolean {
  if (!settings.enforceJoinBeforeHost) return false;
  if (meeting.settings.join_before_host !== true) return true;
  const earlyMs = Number(meeting.settings.jbh_time ?? 0) * MINUTE_MS;
  return earlyMs > 0 && meeting.startMs - earlyMs > clock.now();
}

function wait(cloud: Cloud, meeting: Meeting, person: Person, waits: boolean): Opening {
  if (!waits) throw new ControlRefusal(409, "This meeting waits for its host: join_before_host is off.");
  const waiting = { person };
  (meeting.atDoor ??= []).push(waiting);
  cloud.clock.after(TOLD_AFTER_MS, () => {
    if (meeting.atDoor?.includes(waiting)) beforeHost(cloud, meeting, "waiting", person);
  });
  return { kind: "outside" };
}

function letIn(cloud: Cloud, meeting: Meeting): void {
  const waiting = meeting.atDoor ?? [];
  meeting.atDoor = [];
  for (const { person } of waiting) join(cloud, meeting, person);
}

/**
 * A host has one live meeting, with a licence in a business account two if hosts start both. Who may host ends the other
 * one by starting this one; anybody else is told that the host has another meeting in progress.
 */
function makeRoom(cloud: Cloud, meeting: Meeting, hosts: boolean): void {
  const host = hostOf(cloud, meeting);
  const others = [...cloud.meetings.values()]
    .filter(({ hostId }) => hostId === host.id)
    .map(liveSession)
    .filter((session) => session !== undefined);
  const [oldest] = others;
  const allowed = hosts && cloud.settings.plan === "business" && host.type === 2 ? 2 : 1;
  if (oldest === undefined || others.length < allowed) return;
  if (!hosts) throw new ControlRefusal(409, "The host has another meeting in progress.");
  endSession(cloud, oldest, "Host started a new meeting.");
}

function refuseFull(cloud: Cloud, meeting: Meeting): void {
  const session = liveSession(meeting);
  const seats = seatsOf(cloud, hostOf(cloud, meeting));
  if (session === undefined || present(session, "in_meeting").length < seats) return;
  throw new ControlRefusal(409, `This meeting is full: it has ${seats} seats.`);
}

const seatsOf = (cloud: Cloud, host: User): number =>
  Math.max(isBasic(cloud, host) || cloud.settings.plan !== "business" ? 100 : 300, host.largeMeeting ?? 0);
