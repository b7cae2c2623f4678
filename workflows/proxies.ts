import { proxyActivities, proxyLocalActivities } from "@temporalio/workflow";
import type { FollowUpActivities } from "../domain/followUp.ts";
import type { CoreActivities, MeetingActivities } from "../domain/messages.ts";
import type { StepPolicy, StepRequest, StepResult } from "../domain/plan.ts";

/** Short database work without an event pair of its own. It is tried until the database answers. */
const recordOptions = {
  startToCloseTimeout: "10 seconds",
  retry: { initialInterval: "200 milliseconds", maximumInterval: "30 seconds" },
  localRetryThreshold: "30 seconds",
} as const;

export const records = proxyLocalActivities<CoreActivities>(recordOptions);

/** A worker that died is missed after so long. */
const heartbeatTimeout = "15 seconds";

/** What is read of a meeting, or written of it without asking Zoom. */
export const meetingRecords =
  proxyLocalActivities<Pick<MeetingActivities, "meetingNow" | "tellMissing" | "recordMeeting">>(
    recordOptions,
  );

/** An activity of a meeting; the summary is what Temporal's UI says of it. */
const workOfHours = <Name extends keyof MeetingActivities>(name: Name, summary: string) =>
  proxyActivities<MeetingActivities>({
    startToCloseTimeout: "2 minutes",
    heartbeatTimeout,
    retry: { initialInterval: "10 seconds", backoffCoefficient: 1.5, maximumInterval: "10 minutes" },
    summary,
  })[name];

/**
 * Waiting for what takes hours is an activity that Temporal tries again: it costs no history, however often. How long
 * to wait it says itself.
 */
export const meetingWork = {
  watchMeeting: workOfHours(
    "watchMeeting",
    "Look at Zoom in case webhooks are silent, again and again until there is news",
  ),
  tellAttendance: workOfHours("tellAttendance", "Who was on the call, once Zoom knows"),
  tellRecordings: workOfHours("tellRecordings", "The recordings, as Zoom gets them ready"),
  endCall: workOfHours("endCall", "End the call of the resolved incident"),
};

/** Many may be missing, and each is called and answers in their own time. */
export const meetingCalls = proxyActivities<Pick<MeetingActivities, "callMissing">>({
  startToCloseTimeout: "15 minutes",
  heartbeatTimeout,
  summary: "Call those who are missing",
  retry: { initialInterval: "5 seconds", backoffCoefficient: 1.5, maximumInterval: "1 minute" },
});

/** A look at Zoom while webhooks are silent. The next look comes anyway, so one that fails is given up soon. */
export const zoomLooks = proxyActivities<Pick<MeetingActivities, "observeMeeting">>({
  startToCloseTimeout: "1 minute",
  retry: { maximumAttempts: 3 },
});

/** Tried for an hour, through an outage of Zoom; what to do then is for the follow-up to know. */
export const followUpCalls = proxyActivities<FollowUpActivities>({
  startToCloseTimeout: "2 minutes",
  heartbeatTimeout,
  scheduleToCloseTimeout: "1 hour",
  retry: { initialInterval: "1 second", maximumInterval: "2 minutes" },
});

type ActionActivities = { [activity: string]: (request: StepRequest) => Promise<StepResult> };

/** The activity of an action, under the policy pinned in the plan. The activity's id is the step's. */
export const actionActivity = (
  activity: string,
  policy: StepPolicy,
  show: { activityId: string; summary: string },
): ((request: StepRequest) => Promise<StepResult>) => {
  const proxy = proxyActivities<ActionActivities>({
    ...show,
    startToCloseTimeout: policy.startToCloseMs,
    scheduleToCloseTimeout: policy.scheduleToCloseMs,
    heartbeatTimeout: policy.heartbeatMs,
    retry: {
      initialInterval: policy.initialRetryMs,
      backoffCoefficient: policy.backoff,
      maximumInterval: policy.maximumRetryMs,
      ...(policy.maximumAttempts > 0 && { maximumAttempts: policy.maximumAttempts }),
    },
  });
  const run = proxy[activity];
  if (!run) throw new Error(`no activity ${activity}`);
  return run;
};
