import type { FollowUp } from "../../domain/followUp.ts";
import { ZoomError, unlessGone } from "../../zoom/errors.ts";
import { getMeeting, updateMeeting } from "../../zoom/meetings.ts";
import type { ActionContext, EventDraft } from "../action.ts";
import type { PerformDeps } from "../perform.ts";
import { contextFor, placed } from "../perform.ts";
import { invitedLateEvent, notInvitedEvent } from "./events.ts";
import { followUpInput } from "./input.ts";
import { inviteesOf, requestFor } from "./move.ts";
import { zoomOf } from "../zoomAccounts.ts";
import { subjectOf } from "./subject.ts";

/**
 * An incident is often resolved while its call goes on: once it is known who was there, follow-ups that were scheduled
 * before that invite them too.
 */
export const inviteWhoAttended = async (deps: PerformDeps, incidentId: string): Promise<void> => {
  const followUps = await deps.store.followUps.latest(incidentId);
  const nowMs = deps.nowMs();
  for (const followUp of followUps) {
    if (followUp.state === "ahead" && Date.parse(followUp.start_time) > nowMs)
      await inviteTo(contextFor(deps, followUp.request), followUp);
  }
};

const inviteTo = async (context: ActionContext, followUp: FollowUp): Promise<void> => {
  const { store } = context;
  const zoom = zoomOf(context, followUp.meeting_id);
  const given = followUpInput.parse(followUp.request.input);
  const subject = await subjectOf(context, given, followUp.resolved_at);
  const { emails } = subject.invited;
  const isNew = (known: readonly string[] | undefined) => (email: string) => !known?.includes(email);
  if (!emails.some(isNew(followUp.invited))) return;
  const say = (draft: EventDraft) =>
    store.followUps.save({ ...followUp, invited: emails }, placed(context, [draft]));
  try {
    const meeting = await unlessGone(getMeeting(zoom.client, followUp.meeting_id));
    if (!meeting) return;
    const newcomers = emails.filter(isNew(followUp.invited ?? inviteesOf(meeting)));
    if (newcomers.length === 0) return;
    await updateMeeting(zoom.client, meeting.id, await requestFor(context, meeting, given, subject));
    await say(invitedLateEvent(followUp, newcomers, given));
  } catch (error) {
    if (!(error instanceof ZoomError) || error.retryable) throw error;
    await say(notInvitedEvent(followUp, emails.filter(isNew(followUp.invited)), error.message, given));
  }
};
