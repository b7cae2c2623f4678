import { createHash } from "node:crypto";
import type { FollowUp } from "../../domain/followUp.ts";
import { calendarPath } from "../../domain/followUp.ts";
import { listText } from "../../domain/people.ts";
import type { Meeting } from "../../zoom/meetings.ts";
import type { ActionContext, EventDraft } from "../action.ts";
import type { PersonOutcome } from "../makeMeeting.ts";
import { madeDetail } from "../makeMeeting.ts";
import type { FollowUpInput } from "./input.ts";
import { clockText } from "./plan.ts";
import type { Subject } from "./subject.ts";

/** Where calendars find the meeting's entry. */
export const calendarUrl = ({ publicUrl }: Pick<ActionContext, "publicUrl">, followUp: FollowUp): string =>
  `${publicUrl}${calendarPath(followUp)}`;

const linksOf = (context: ActionContext, followUp: FollowUp, { joinUrl }: Meeting) => [
  { title: "Join", url: joinUrl },
  { title: "Add to calendar", url: calendarUrl(context, followUp) },
];

const when = ({ start_time }: FollowUp, { business_hours }: FollowUpInput): string =>
  clockText(Date.parse(start_time), business_hours?.time_zone);

type Why = { reason: string | null; subject: Subject; people?: PersonOutcome[] };

const sentences = (given: FollowUpInput, { reason, subject }: Why): string[] => {
  const { withoutEmail, leftOut, emails } = subject.invited;
  return [
    subject.incident.resolved_at === null
      ? `The incident is not resolved yet: ${given.start_offset} from now, until it is.`
      : "",
    reason === null ? "" : `Put off into business hours: ${reason}.`,
    withoutEmail.length > 0 ? `Without an email, so not invited: ${listText(withoutEmail)}.` : "",
    leftOut > 0
      ? `Only the first ${emails.length} people were invited; send the other ${leftOut} the link.`
      : "",
  ].filter(Boolean);
};

const dataOf = ({ meeting_id, start_time, duration_minutes }: FollowUp) => ({
  meeting_id,
  start_time,
  duration_minutes,
});

export const scheduledEvent = (
  context: ActionContext,
  followUp: FollowUp,
  meeting: Meeting,
  given: FollowUpInput,
  why: Why,
): EventDraft => ({
  id: `followup-${followUp.meeting_id}/meeting.scheduled`,
  kind: "meeting.scheduled",
  title: `Follow-up scheduled: ${given.topic}, ${when(followUp, given)}`,
  detail: [
    ...sentences(given, why),
    madeDetail({ meeting, host: meeting.hostEmail, people: why.people ?? [] }),
  ].join(" "),
  data: { ...dataOf(followUp), passcode: meeting.passcode, join_url: meeting.joinUrl },
  links: linksOf(context, followUp, meeting),
});

export const movedEvent = (
  context: ActionContext,
  followUp: FollowUp,
  meeting: Meeting,
  given: FollowUpInput,
  why: Why & { before: string },
): EventDraft => ({
  id: `followup-${followUp.meeting_id}/meeting.moved/${followUp.calendar_sequence}`,
  kind: "meeting.moved",
  title: `Moved: ${given.topic}, now ${when(followUp, given)}`,
  detail: [
    `It was at ${clockText(Date.parse(why.before), given.business_hours?.time_zone)}.`,
    ...sentences(given, why),
  ].join(" "),
  data: { ...dataOf(followUp), before: why.before },
  links: linksOf(context, followUp, meeting),
});

/** Somebody moved the meeting in Zoom itself; that is found out before its reminder. */
export const movedInZoomEvent = (
  context: ActionContext,
  followUp: FollowUp,
  meeting: Meeting,
  given: FollowUpInput,
): EventDraft => ({
  id: `followup-${followUp.meeting_id}/meeting.moved/${followUp.calendar_sequence}`,
  kind: "meeting.moved",
  title: `Moved in Zoom: ${given.topic}, now ${when(followUp, given)}`,
  data: dataOf(followUp),
  links: linksOf(context, followUp, meeting),
});

export const withdrawnEvent = (followUp: FollowUp, given: FollowUpInput): EventDraft => ({
  id: `followup-${followUp.meeting_id}/meeting.cancelled`,
  kind: "meeting.cancelled",
  title: `Cancelled, since the incident reopened: ${given.topic}, ${when(followUp, given)}`,
  detail: "It is scheduled again when the incident is resolved. Its calendar link shows it as cancelled.",
  data: dataOf(followUp),
});

const named = (emails: readonly string[]): string =>
  emails.length > mostNamed
    ? `${emails.slice(0, mostNamed).join(", ")} and ${emails.length - mostNamed} more`
    : emails.join(", ");

const mostNamed = 10;

/** Each set of people is told of once. */
const lateId = ({ meeting_id }: FollowUp, kind: string, emails: readonly string[]): string =>
  `followup-${meeting_id}/${kind}/${createHash("sha256").update(emails.join()).digest("hex").slice(0, 12)}`;

/** Who came to light after the meeting was scheduled. */
export const invitedLateEvent = (
  followUp: FollowUp,
  emails: readonly string[],
  { topic }: FollowUpInput,
): EventDraft => ({
  id: lateId(followUp, "participants.added", emails),
  kind: "participants.added",
  title: `Invited to ${topic} too: ${named(emails)}`,
  detail: "They were on the call, or joined the incident, after the meeting was scheduled.",
  data: { meeting_id: followUp.meeting_id, count: emails.length },
});

export const notInvitedEvent = (
  followUp: FollowUp,
  emails: readonly string[],
  reason: string,
  { topic }: FollowUpInput,
): EventDraft => ({
  id: lateId(followUp, "note", emails),
  kind: "note",
  title: `Could not invite to ${topic}: ${named(emails)}`,
  detail: `${reason} Invite them in Zoom, or send them the link.`,
  data: { meeting_id: followUp.meeting_id, count: emails.length },
});
