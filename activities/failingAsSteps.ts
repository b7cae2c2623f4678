import { ApplicationFailure } from "@temporalio/activity";
import { ApplicationFailureCategory } from "@temporalio/common";
import { durationText } from "../domain/duration.ts";
import type { FailureCode } from "../domain/failures.ts";
import { failures } from "../domain/failures.ts";
import { milestone } from "../domain/milestones.ts";
import { ZoomError } from "../zoom/errors.ts";
import { whileBeating } from "./heartbeat.ts";
import type { PerformDeps } from "./perform.ts";

/** What nobody but a person can mend is tried again at this pace: it may be mended while the meeting is followed. */
const mendPauseMs = 10 * 60_000;

/** Beats while it works, and Zoom's errors tell Temporal when to try again. None ends the following: the next try may do. */
export const failingAsSteps = async <T>(
  deps: PerformDeps,
  meetingId: string,
  work: () => Promise<T>,
): Promise<T> => {
  try {
    return await whileBeating(work);
  } catch (error) {
    if (!(error instanceof ZoomError)) throw error;
    await tellWhatToMend(deps, meetingId, error);
    const { code, message, retryable, retryAfterMs } = error;
    const pause = retryAfterMs ?? (retryable ? undefined : mendPauseMs);
    throw ApplicationFailure.create({
      type: code,
      message,
      ...(pause !== undefined && { nextRetryDelay: pause }),
      ...(code === "not_ready" && { category: ApplicationFailureCategory.BENIGN }),
    });
  }
};

/** No step shows these, so that somebody has to be told. */
const mending: { [code in FailureCode]?: string } = {
  authentication:
    "Check the connector's account id, client id and client secret and that the app is activated in Zoom's Marketplace.",
  missing_scope: "Add one of the named scopes to the app in Zoom's Marketplace.",
  not_configured: "Connect the account again: zoom-runbooks connector add.",
  permission: "Ask a Zoom administrator to grant the app's user the right named here.",
};

/** Once for a meeting: the first of its kind stays on the timeline. */
const tellWhatToMend = async (
  { store, nowMs }: PerformDeps,
  meetingId: string,
  { code, message, scopes, advice: better }: ZoomError,
): Promise<void> => {
  const usual = mending[code];
  const advice = usual && (better ?? usual);
  const row = advice === undefined ? undefined : await store.meetings.get(meetingId);
  if (!row) return;
  const title = `Zoom does not let us follow ${row.meeting.topic}: ${failures[code].title}`;
  const event = milestone({ meetingId }, "note", code, nowMs(), title, {
    detail: `${message} ${advice} It is tried again by itself every ${durationText(mendPauseMs)}.`,
    data: { code, ...(scopes && { scopes }) },
  });
  await store.timeline.append(row.meeting.incident_id, [event]);
};
