import { durationText } from "../domain/duration.ts";
import { instantText } from "../domain/instant.ts";
import type { MeetingLife, MeetingSession } from "../domain/meetingLife.ts";
import type { MeetingNow, MeetingWorkflowInput } from "../domain/messages.ts";

const sessionLine = ({ startedAtMs, endedAtMs, seen, told }: MeetingSession): string => {
  const lasted = endedAtMs === undefined ? "goes on" : `lasted ${durationText(endedAtMs - startedAtMs)}`;
  const responders = Object.keys(seen).length;
  const open = [
    endedAtMs !== undefined && !told?.attendance ? "waits for the attendance" : "",
    endedAtMs !== undefined && !told?.settled ? "waits for recordings" : "",
  ].filter(Boolean);
  return [
    `- Call of ${instantText(startedAtMs)}: ${lasted}`,
    `${responders} ${responders === 1 ? "responder" : "responders"} seen`,
    ...open,
  ].join(", ");
};

const peopleText = (headCount: number | null): string => {
  if (headCount === null) return "an unknown number of people";
  return headCount === 1 ? "1 person" : `${headCount} people`;
};

const next: Record<MeetingLife["state"], string> = {
  waiting: "nobody has joined yet: waits for the call to begin",
  live: "waits for the end of the call",
  ended: "the call is over; followed for another day, since people may come back",
  deleted: "deleted in Zoom",
};

/** How a meeting stands, as Markdown for Temporal's UI. */
export const meetingSummary = (
  { topic, meetingId }: MeetingWorkflowInput,
  { life, headCount }: MeetingNow,
): string => {
  const people = life.state === "live" ? `${peopleText(headCount)} on the call; ` : "";
  return [
    `### ${topic}`,
    "",
    `Zoom meeting ${meetingId}: ${people}${next[life.state]}.`,
    "",
    ...life.sessions.map(sessionLine),
  ].join("\n");
};
