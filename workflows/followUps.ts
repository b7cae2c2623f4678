import type { Incident } from "../domain/incident.ts";
import { followUpSignals, followUpWorkflowId } from "../domain/followUp.ts";
import type { IncidentNews } from "../domain/messages.ts";
import type { Facts, FollowUpMade } from "../domain/plan.ts";
import { followUpStart } from "../domain/starts.ts";
import { startOnce } from "./children.ts";
import type { IncidentState } from "./incidentState.ts";
import { tell } from "./report.ts";

/** What an incident's workflow does about its follow-up meetings: see followUp.ts for what these do by themselves. */

/** Lets a follow-up move with the incident's resolution. One that was moved is told of its new time. */
export const followFollowUp = async (facts: Facts, made: FollowUpMade): Promise<void> => {
  const isNew = await startOnce("followUp", followUpStart(made, facts));
  if (isNew) return;
  const workflowId = followUpWorkflowId(made.meetingId);
  await tell(workflowId, followUpSignals.made, made);
  await tell(workflowId, followUpSignals.facts, facts);
};

export const startFollowUp = async (state: IncidentState, made: FollowUpMade): Promise<void> => {
  state.followUps.add(made.meetingId);
  await followFollowUp(state.facts, made);
};

/** Follow-ups move with the resolution; nothing else of the incident concerns them. */
export const tellFollowUps = async (state: IncidentState, before: Incident): Promise<void> => {
  if (before.resolved_at === state.facts.incident.resolved_at) return;
  const told = [...state.followUps].map((meetingId) =>
    tell(followUpWorkflowId(meetingId), followUpSignals.facts, state.facts),
  );
  await Promise.all(told);
};

/** One ended; its successor may have missed what was told to the one before. */
export const hearFollowUp = async (
  state: IncidentState,
  { ended, successor }: Extract<IncidentNews, { type: "follow_up" }>,
): Promise<void> => {
  state.followUps.delete(ended);
  if (!successor) return;
  state.followUps.add(successor.meetingId);
  state.followed.add(successor.meetingId);
  if (successor.resolvedAt !== state.facts.incident.resolved_at)
    await tell(followUpWorkflowId(successor.meetingId), followUpSignals.facts, state.facts);
};
