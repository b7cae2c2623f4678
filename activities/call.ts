import type { TrackedMeeting } from "../store/index.ts";
import { ZoomError } from "../zoom/errors.ts";
import type { Meeting } from "../zoom/meetings.ts";
import { getMeeting } from "../zoom/meetings.ts";
import type { ActionContext } from "./action.ts";

/** What people need to know of a call. */
export type Call = {
  meetingId: string;
  topic: string;
  joinUrl: string;
  passcode: string;
  /** `+1 2125550142 (US, New York)` */
  numbers: string[];
  phonePasscode: string;
  startMs: number;
  durationMinutes: number;
};

/** Some accounts have numbers of seventy countries. */
const mostNumbers = 8;

/**
 * A call as Zoom knows it. While Zoom does not answer, as we know it: who is to come must not wait for the telephone
 * numbers. A deleted meeting is one only for somebody who wants to say that it is cancelled.
 */
export const callOf = async (
  { zoom, store, nowMs }: ActionContext,
  meetingId: string,
  { mayBeDeleted = false } = {},
): Promise<Call> => {
  try {
    return fromZoom(await getMeeting(zoom.client, meetingId), nowMs);
  } catch (error) {
    if (!(error instanceof ZoomError) || (error.code === "not_found" && !mayBeDeleted)) throw error;
    const row = await store.meetings.get(meetingId);
    if (!row) throw error;
    return fromStore(row.meeting);
  }
};

const fromZoom = (meeting: Meeting, nowMs: number): Call => ({
  meetingId: meeting.id,
  topic: meeting.topic,
  joinUrl: meeting.joinUrl,
  passcode: meeting.passcode,
  numbers: numbersOf(meeting),
  phonePasscode: meeting.phonePasscode,
  startMs: Date.parse(meeting.startTime) || nowMs,
  durationMinutes: meeting.durationMinutes || 60,
});

const numbersOf = ({ settings }: Meeting): string[] => {
  const numbers = (settings.global_dial_in_numbers ?? []).map(({ number, country_name, city, type }) => {
    const place = [country_name, city, type === "tollfree" ? "toll-free" : ""].filter(Boolean).join(", ");
    return place ? `${number} (${place})` : number;
  });
  return [...new Set(numbers)].slice(0, mostNumbers);
};

const fromStore = ({ meeting_id, topic, join_url, passcode, created_at }: TrackedMeeting): Call => ({
  meetingId: meeting_id,
  topic,
  joinUrl: join_url,
  passcode: passcode ?? "",
  numbers: [],
  phonePasscode: "",
  startMs: Date.parse(created_at),
  durationMinutes: 60,
});

/** `857 4606 5432`: as Zoom prints it, so that people can key it in. */
export const spacedId = (meetingId: string): string => {
  const middle = meetingId.length - 7;
  return `${meetingId.slice(0, 3)} ${meetingId.slice(3, 3 + middle)} ${meetingId.slice(3 + middle)}`;
};
