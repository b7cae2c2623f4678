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

/**
 * A meeting as an entry for somebody's calendar. Its number grows with time, in seconds since the meeting was made, so
 * that what is sent later replaces what was sent before without anybody keeping count.
 */
export const invitationText = (invitation: Invitation): string => {
  const { method, call, organizer, attendee, description, nowMs } = invitation;
  return calendarText({
    uid: `zoom-meeting-${call.meetingId}@zoom-runbooks`,
    sequence: Math.max(0, Math.floor((nowMs - call.createdMs) / 1000)),
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
