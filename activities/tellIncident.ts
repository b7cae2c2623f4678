import { Context } from "@temporalio/activity";
import { signalOrStart, startOnce } from "../client/starting.ts";
import { firstLookMs } from "../domain/meetingWatch.ts";
import type { IncidentNews, Telling } from "../domain/messages.ts";
import { incidentSignals } from "../domain/messages.ts";
import type { MeetingMade } from "../domain/plan.ts";
import { incidentStart, meetingStart } from "../domain/starts.ts";

/**
 * Follows the meetings that a run made, and tells its incident what the run came to. From the run's own history this
 * would take a command, three events and a task for each.
 */
export const tellIncident = async ({ incident, report }: Telling): Promise<{ isTold: true }> => {
  const { client, info } = Context.current();
  const made = report.effects.flatMap(({ meetings = [] }) => meetings);
  await Promise.all(made.map((meeting) => follow(meeting, incident.id)));
  const effects = report.effects.map(({ meetings, ...rest }) => ({
    ...rest,
    ...(meetings && { followed: meetings }),
  }));
  const news: IncidentNews = { type: "execution", report: { ...report, effects } };
  const start = incidentStart({ incident, recall: true });
  await signalOrStart(client, "incident", start, info.taskQueue, incidentSignals.news, news);
  return { isTold: true };
};

/** Until the first look only what Zoom tells is of interest, and that wakes the workflow. */
const follow = async ({ meetingId, topic, startsAtMs }: MeetingMade, incidentId: string): Promise<void> => {
  const { client, info } = Context.current();
  const firstLookAfterMs = firstLookMs(startsAtMs, Date.now());
  const start = meetingStart({
    meetingId,
    incidentId,
    topic,
    firstLookAfterMs,
    ...(startsAtMs !== undefined && { startsAtMs }),
  });
  await startOnce(client, "meeting", { ...start, startDelay: firstLookAfterMs }, info.taskQueue);
};
