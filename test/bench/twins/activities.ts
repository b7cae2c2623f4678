import { createHash } from "node:crypto";
import type { ZoomAccount } from "../../../connectors/zoomAccount.ts";
import { createMeeting, getMeeting, updateMeeting } from "../../../zoom/meetings.ts";
import { zoomTime } from "../../../zoom/time.ts";
import type { Marks } from "../marks.ts";
import type { BenchIncident } from "../side.ts";

export type MadeMeeting = { meetingId: string; joinUrl: string; passcode: string };

export type TwinActivities = ReturnType<typeof createTwinActivities>;

/** Spread over the hosts as ours is. */
const hostOf = async (zoom: ZoomAccount, id: string): Promise<string> => {
  const hosts = await zoom.hosts();
  return hosts[createHash("sha256").update(id).digest().readUInt32BE() % hosts.length] ?? "";
};

const meetingRequest = ({ id, short_id, title, severity, summary }: BenchIncident) => ({
  type: 2 as const,
  topic: `${short_id} ${title} - Incident Bridge`,
  agenda: `[zr-${createHash("sha256").update(id).digest("hex").slice(0, 20)}]\n${severity} incident ${short_id}: ${title}\n${summary}`,
  start_time: zoomTime(Date.now()),
  timezone: "UTC",
  duration: 60,
  settings: {
    join_before_host: true,
    waiting_room: false,
    auto_recording: "cloud" as const,
    jbh_time: 0 as const,
    alternative_hosts: [],
    alternative_hosts_email_notification: false,
    meeting_invitees: [],
  },
});

/** The Zoom calls of our three steps, with nothing around them. */
export const createTwinActivities = (zoom: ZoomAccount, marks: Marks) => ({
  async createMeeting(incident: BenchIncident): Promise<MadeMeeting> {
    const made = await createMeeting(zoom.client, await hostOf(zoom, incident.id), meetingRequest(incident));
    marks.mark(incident.id, "link");
    return { meetingId: made.id, joinUrl: made.joinUrl, passcode: made.passcode };
  },

  /** Ours is an activity that asks nobody either. */
  async setFields(fields: { bridge_url: string }) {
    return fields;
  },

  async addParticipants({ meetingId, people }: { meetingId: string; people: string[] }) {
    const { settings } = await getMeeting(zoom.client, meetingId);
    const there = (settings.meeting_invitees ?? []).flatMap(({ email }) => email ?? []);
    const meeting_invitees = [...there, ...people].map((email) => ({ email }));
    await updateMeeting(zoom.client, meetingId, { settings: { meeting_invitees } });
    // What Zoom kept is what counts, here as in ours.
    await getMeeting(zoom.client, meetingId);
    return { added: people.length };
  },
});
