import { durationText } from "../domain/duration.ts";
import type { MeetingSession } from "../domain/meetingLife.ts";
import type { MeetingNow, MeetingWorkflowInput } from "../domain/messages.ts";

const sessionLine = ({ startedAtMs, endedAtMs, seen, told }: MeetingSession): string => {
  const lasted = endedAtMs === undefined ? "live" : durationText(endedAtMs - startedAtMs);
  const responders = Object.keys(seen).length;
  const open = [
    endedAtMs !== undefined && !told?.attendance ? "waits for the attendance" : "",
    endedAtMs !== undefined && !told?.settled ? "waits for recordings" : "",
  ].filter(Boolean);
  return [
    `- ${new Date(startedAtMs).toISOString()}: ${lasted}`,
    `${responders} responders seen`,
    ...open,
  ].join(", ");
};

/** How a meeting stands, as Markdown for Temporal's UI. */
export const meetingSummary = (
  { topic, meetingId }: MeetingWorkflowInput,
  { life, headCount }: MeetingNow,
): string => {
  const people = life.state === "live" ? `, ${headCount ?? "an unknown number of people"} on the call` : "";
  return [
    `### ${topic}`,
    `Zoom meeting ${meetingId}: ${life.state}${people}`,
    ...life.sessions.map(sessionLine),
  ].join("\n");
};
