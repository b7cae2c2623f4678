import { defineSignal } from "@temporalio/workflow";
import type { MeetingLife } from "../domain/meetingLife.ts";
import { endedSessions, newLife } from "../domain/meetingLife.ts";
import type { IncidentNews, MeetingSignal, MeetingWorkflowInput } from "../domain/messages.ts";
import { incidentSignals, incidentWorkflowId, meetingSignals } from "../domain/messages.ts";
import type { MeetingFacts } from "../domain/plan.ts";
import { tell } from "./report.ts";

export const zoomSignal = defineSignal<[MeetingSignal]>(meetingSignals.zoom);

/** What of a meeting's life an incident acts on, and its runs wait for. */
export const factsOf = (life: MeetingLife): MeetingFacts => ({
  state: life.state,
  endedSessions: endedSessions(life),
  recordingReady: life.recordingReady,
});

export const tellIncident = (
  { incidentId, meetingId }: MeetingWorkflowInput,
  life: MeetingLife | undefined,
  headCount: number | null,
  over: boolean,
): Promise<void> => {
  const facts = { ...factsOf(life ?? newLife()), isOver: over };
  const news: IncidentNews = { type: "meeting", meetingId, facts, headCount, over };
  return tell(incidentWorkflowId(incidentId), incidentSignals.news, news);
};
