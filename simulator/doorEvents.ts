import { liveObject } from "./events.ts";
import type { Cloud, Meeting, Person } from "./state.ts";
import { findUser } from "./users.ts";
import { announce } from "./webhooks.ts";

/** Of people who come before the host: in, to wait, or away again. Free accounts are not told. */
export function beforeHost(
  cloud: Cloud,
  meeting: Meeting,
  change: "joined" | "waiting" | "waiting_left",
  person: Person,
): void {
  if (cloud.settings.plan === "free") return;
  const session = { uuid: meeting.uuid, meetingId: meeting.id, stays: [] };
  announce(cloud, `meeting.participant_jbh_${change}`, {
    meetingId: meeting.id,
    payload: {
      object: {
        ...liveObject(cloud, session),
        // The one event of these three whose id is a number.
        id: change === "waiting_left" ? meeting.id : String(meeting.id),
        participant: {
          id: findUser(cloud, person.email ?? "")?.id ?? "",
          user_name: person.name,
          ...(person.customer_key !== undefined && { customer_key: person.customer_key }),
          ...(change !== "waiting" && { registrant_id: person.registrant_id ?? "" }),
        },
      },
    },
  });
}
