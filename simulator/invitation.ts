import type { Handler } from "./call.ts";
import { hostOf, joinUrl } from "./meetingViews.ts";
import { requireMeeting } from "./references.ts";
import { fullName } from "./users.ts";

export const getInvitation: Handler = (cloud, { params }) => {
  const meeting = requireMeeting(cloud, params.meetingId ?? "");
  const lines = [
    `${fullName(hostOf(cloud, meeting))} invites you to a meeting.`,
    `Topic: ${meeting.topic}`,
    `Link: ${joinUrl(meeting)}`,
    `Meeting ID: ${meeting.id}`,
    ...(meeting.password === "" ? [] : [`Passcode: ${meeting.password}`]),
  ];
  return { status: 200, body: { invitation: lines.join("\r\n"), sip_links: [] } };
};
