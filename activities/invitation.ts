import { calendarText } from "../domain/calendar.ts";
import type { Mailbox } from "../outgoing/mail.ts";
import type { Call } from "./call.ts";

export type Invitation = {
  /** Of the entry in people's calendars. */
  uid: string;
  method: "REQUEST" | "CANCEL";
  call: Call;
  organizer: Mailbox;
  attendee: Mailbox;
  description: string;
  nowMs: number;
};

/** A meeting as an entry for somebody's calendar. */
export const invitationText = (invitation: Invitation): string => {
  const { uid, method, call, organizer, attendee, description, nowMs } = invitation;
  return calendarText({
    uid,
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
