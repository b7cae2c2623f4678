import { hostOf } from "./meetingViews.ts";
import type { Registrant } from "./registrants.ts";
import type { Cloud, Meeting } from "./state.ts";
import { isoTime } from "./time.ts";
import { announce } from "./webhooks.ts";

export function registrationChanged(
  cloud: Cloud,
  meeting: Meeting,
  registrant: Registrant,
  change: "created" | Registrant["status"],
): void {
  if (change === "pending") return;
  const { id, email } = hostOf(cloud, meeting);
  const isApproved = registrant.status === "approved";
  announce(cloud, `meeting.registration_${change}`, {
    meetingId: meeting.id,
    payload: {
      ...(change !== "created" && { operator: email, operator_id: id }),
      object: {
        uuid: meeting.uuid,
        id: meeting.id,
        host_id: id,
        topic: meeting.topic,
        type: meeting.type,
        start_time: isoTime(meeting.startMs),
        duration: meeting.durationMinutes,
        timezone: meeting.timezone,
        registrant: {
          id: registrant.id,
          first_name: registrant.firstName,
          last_name: registrant.lastName,
          email: registrant.email,
          ...(change === "created" && { status: registrant.status }),
          ...(isApproved && { join_url: registrant.joinUrl }),
        },
      },
    },
  });
}
