import type { RecordingNote } from "./liveState.ts";
import type { MeetingLife } from "./meetingLife.ts";
import type { TimelineEvent } from "./timeline.ts";

const titles = {
  started: "Cloud recording started",
  paused: "Cloud recording paused",
  resumed: "Cloud recording goes on",
  stopped: "Cloud recording stopped",
} as const;

/** A change of the recording as the timeline has it, whoever reports it. */
export const recordingMilestone = (meetingId: string, { uuid, change, atMs }: RecordingNote) => ({
  id: `meeting-${meetingId}/${uuid}/recording.${change}/${atMs}`,
  kind: `recording.${change}` as const,
  title: titles[change],
  data: { meeting_id: meetingId },
});

/** Every change of the recording that became known, each once whatever order they came in. */
export const recordingMilestones = (
  before: MeetingLife,
  after: MeetingLife,
  meetingId: string,
): TimelineEvent[] => {
  const known = new Set((before.live?.recording ?? []).map((note) => recordingMilestone(meetingId, note).id));
  return (after.live?.recording ?? []).flatMap((note) => {
    const milestone = recordingMilestone(meetingId, note);
    if (known.has(milestone.id)) return [];
    return [
      {
        ...milestone,
        at: new Date(note.atMs).toISOString(),
        source: { type: "meeting", meeting_id: meetingId } as const,
      },
    ];
  });
};
