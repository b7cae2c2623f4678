import type { Attendance, Stay } from "../domain/attendance.ts";
import { attendanceOf, staysFrom } from "../domain/attendance.ts";
import type { FailureCode } from "../domain/failures.ts";
import type { Person } from "../domain/incident.ts";
import { milestone } from "../domain/milestones.ts";
import { listText, personKey, shownName } from "../domain/people.ts";
import type { TimelineEvent } from "../domain/timeline.ts";
import type { Store, TrackedMeeting } from "../store/index.ts";
import type { ZoomClient } from "../zoom/client.ts";
import { unlessRefused, ZoomError } from "../zoom/errors.ts";
import type { PastParticipant } from "../zoom/pastMeetings.ts";
import { listRegistrants } from "../zoom/registrants.ts";
import { pastCallsOf } from "./pastCalls.ts";
import type { Session } from "./recordings.ts";

type AttendanceRequest = {
  zoom: ZoomClient;
  store: Store;
  meetingId: string;
  kind: TrackedMeeting["kind"];
  /** Those to take together; one that is live counts up to now. */
  sessions: readonly Session[];
  expected: readonly Person[];
  nowMs: number;
};

const minuteMs = 60_000;

/** How long Zoom may take to list people whom its webhooks told of, and to count how long they were there. */
const countedWithinMs = 30 * minuteMs;

/** Answers that keep the list from us for good: what webhooks told must do then. A lone person's call is in no list. */
const refusals: ReadonlySet<FailureCode> = new Set(["plan", "permission", "missing_scope", "not_found"]);

/** Who was there. Fails with `not_ready` while Zoom is still counting. */
export const takeAttendance = async (request: AttendanceRequest): Promise<Attendance> => {
  const { sessions, expected, nowMs } = request;
  const stays = await Promise.all(sessions.map((session) => staysOf(request, session)));
  const endMs = Math.max(...sessions.map(({ endedAtMs }) => endedAtMs ?? nowMs));
  const startMs = Math.min(...sessions.map(({ startedAtMs }) => startedAtMs));
  const registrants = await registrantsOf(request, stays.flat());
  return attendanceOf(stays.flat(), { startMs, endMs, expected, registrants });
};

/** Emails of those who came by a personal link, by registrant id. Where Zoom does not tell, names must do. */
const registrantsOf = async (
  { zoom, meetingId, kind }: AttendanceRequest,
  stays: readonly Stay[],
): Promise<{ [registrantId: string]: string }> => {
  if (kind === "webinar" || stays.every(({ registrantId }) => !registrantId)) return {};
  const listed = await unlessRefused([...refusals], listRegistrants(zoom, meetingId, "approved"));
  return Object.fromEntries((listed ?? []).map(({ id, email }) => [id, email]));
};

const staysOf = async (request: AttendanceRequest, session: Session): Promise<Stay[]> => {
  const { store, meetingId, nowMs } = request;
  const { uuid, endedAtMs } = session;
  const told = () => store.meetings.movements(meetingId, uuid);
  if (endedAtMs === undefined) return staysFrom(await told(), nowMs);
  const listed = await listedStays(request, uuid);
  if (listed && isCounted(listed)) return listed;
  const movements = await told();
  const isEarly = nowMs - endedAtMs < countedWithinMs;
  const somebodyCame = movements.length > 0 || (listed ?? []).length > 0;
  if (listed && isEarly && somebodyCame) throw stillCounting(meetingId);
  return listed && listed.length > 0 ? listed : staysFrom(movements, endedAtMs);
};

/** For a while after the call Zoom lists nobody, or everybody with a duration of 0. */
const isCounted = (stays: readonly PastParticipant[]): boolean =>
  stays.some(({ durationSeconds }) => durationSeconds > 0);

/** What Zoom lists; undefined where it does not let us see. */
const listedStays = async ({ zoom, kind }: AttendanceRequest, uuid: string) => {
  try {
    return await pastCallsOf(kind).participants(zoom, uuid);
  } catch (error) {
    if (error instanceof ZoomError && refusals.has(error.code)) return undefined;
    throw error;
  }
};

const stillCounting = (meetingId: string): ZoomError =>
  new ZoomError({
    code: "not_ready",
    message: `Zoom has not worked out yet how long people were in meeting ${meetingId}.`,
    method: "GET",
    path: `/past_meetings/${meetingId}/participants`,
  });

/** A crowd does not fit onto a timeline; the whole list is in the store. */
const mostListed = 50;

const people = (count: number): string => (count === 1 ? "1 person was" : `${count} people were`);

const lengthText = (minutes: number): string => {
  const whole = Math.round(minutes);
  return minutes < 1 ? "less than a minute" : `${whole} minute${whole === 1 ? "" : "s"}`;
};

type Told = {
  expected: readonly Person[];
  /** Registered for a webinar, but never there. */
  absentees: readonly unknown[] | null;
  atMs: number;
};

/** Calls of one person are in none of Zoom's lists, and plans without reports list nobody. */
const unknown = "Zoom lists nobody of it, and its webhooks did not tell who came.";

/** What the timeline says of a session's attendance. */
export const attendanceEvent = (
  meetingId: string,
  uuid: string,
  { attendees, missing, minutes }: Attendance,
  { expected, absentees, atMs }: Told,
): TimelineEvent => {
  const isKnown = attendees.length > 0;
  const who = isKnown ? `${people(attendees.length)} on` : "Nobody knows who was on";
  const title = `${who} the call of ${lengthText(minutes)}`;
  const never = expected
    .filter((person) => missing.includes(personKey(person)))
    .map((person) => shownName(person, expected));
  const byName = attendees.filter(({ matched }) => matched === "name").map(({ name }) => name);
  const listed = attendees.slice(0, mostListed).map(({ spans: _spans, ...attendee }) => attendee);
  const detail = [
    ...(isKnown ? [] : [unknown]),
    ...(isKnown && never.length > 0 ? [`Never there: ${listText(never)}.`] : []),
    ...(byName.length > 0 ? [`Known by name alone: ${listText(byName)}.`] : []),
    ...(absentees?.length ? [`Registered but did not come: ${absentees.length}.`] : []),
  ].join(" ");
  return milestone({ meetingId }, "attendance.ready", uuid, atMs, title, {
    ...(detail && { detail }),
    data: { meeting_id: meetingId, uuid, count: attendees.length || null, attendees: listed, missing },
  });
};
