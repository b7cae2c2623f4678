import { calendarText } from "../domain/calendar.ts";
import type { Mailbox } from "../outgoing/mail.ts";
import type { Call } from "./call.ts";

export type Invitation = {
  method: "REQUEST" | "CANCEL";
  call: Call;
  organizer: Mailbox;
  attendee: Mailbox;
  description: string;
  nowMs: number;
};

/** Counted from here, numbers fit into the 31 bits that calendars have for them. */
const firstSecond = Date.UTC(2020, 0) / 1000;

/**
 * A meeting as an entry for somebody's calendar. Its number is the second of its writing, so that what is sent later
 * replaces what was sent before without anybody keeping count.
 */
export const invitationText = (invitation: Invitation): string => {
  const { method, call, organizer, attendee, description, nowMs } = invitation;
  return calendarText({
    uid: `zoom-meeting-${call.meetingId}@zoom-runbooks`,
    sequence: Math.floor(nowMs / 1000) - firstSecond,
    method,
    startMs: call.startMs,
    durationMinutes: call.durationMinutes,
    title: call.topic,
    description,
    url: call.joinUrl,
    organizer,
    attendees: [attendee],
    stampMs: nowMs,
  });
};
