import type { Handler } from "./call.ts";
import { invalidMeetingId, summaryForPaidOnly, summaryRestricted, unknownMeeting } from "./errors.ts";
import { hostOf } from "./meetingViews.ts";
import { decodeOnce, findEndedSession, meetingOf } from "./references.ts";
import type { Cloud, Session } from "./state.ts";
import { isoTime } from "./time.ts";
import { announce } from "./webhooks.ts";

/** Zoom writes one for meetings that are set to have one, unless they are encrypted from end to end. */
export function summarize(cloud: Cloud, session: Session): void {
  const { plan, summaries, summaryDelayMs } = cloud.settings;
  const { settings } = meetingOf(cloud, session);
  const isWanted = settings.auto_start_meeting_summary === true && settings.encryption_type !== "e2ee";
  if (plan === "free" || summaries === "off" || !isWanted) return;
  cloud.clock.after(summaryDelayMs, () => {
    session.summary = { createdAtMs: cloud.clock.now() };
    const { meetingId } = session;
    announce(cloud, "meeting.summary_completed", {
      meetingId,
      payload: { object: summaryView(cloud, session) },
    });
  });
}

/** Takes UUIDs only. */
export const getMeetingSummary: Handler = (cloud, { rawParams }) => {
  const reference = decodeOnce(rawParams.meetingId ?? "");
  if (/^\d+$/.test(reference)) throw invalidMeetingId();
  if (cloud.settings.plan === "free") throw summaryForPaidOnly();
  if (cloud.settings.summaries === "restricted") throw summaryRestricted();
  const session = findEndedSession(cloud, rawParams.meetingId ?? "");
  if (session?.summary === undefined) throw unknownMeeting(reference);
  return { status: 200, body: summaryView(cloud, session) };
};

function summaryView(cloud: Cloud, session: Session) {
  const meeting = meetingOf(cloud, session);
  const { id, email } = hostOf(cloud, meeting);
  const startedAt = isoTime(session.startedAtMs ?? 0);
  const endedAt = isoTime(session.endedAtMs ?? 0);
  const createdAt = isoTime(session.summary?.createdAtMs ?? 0);
  return {
    meeting_host_id: id,
    meeting_host_email: email,
    meeting_uuid: session.uuid,
    meeting_id: meeting.id,
    meeting_topic: meeting.topic,
    meeting_start_time: startedAt,
    meeting_end_time: endedAt,
    summary_start_time: startedAt,
    summary_end_time: endedAt,
    summary_created_time: createdAt,
    summary_last_modified_time: createdAt,
    summary_title: `Meeting summary for ${meeting.topic}`,
    summary_overview: "The team found the cause.",
    summary_details: [{ label: "Cause", summary: "The last release broke the checkout." }],
    next_steps: ["Roll the release back"],
    summary_content:
      "## Cause\nThe last release broke the checkout.\n\n## Next steps\n- Roll the release back\n",
    summary_doc_url: `${cloud.baseUrl}/doc/${session.uuid.replaceAll(/[^\w]/g, "")}`,
  };
}
