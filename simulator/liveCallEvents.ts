import { hostOf } from "./meetingViews.ts";
import type { LiveCall } from "./liveCalls.ts";
import type { Cloud, Meeting } from "./state.ts";
import { announce } from "./webhooks.ts";

type Callee<Kind> = Extract<LiveCall["callee"], { kind: Kind }>;
type State = LiveCall["state"];

const OF_CONTACTS = {
  calling: "dispatched",
  accepted: "accepted",
  rejected: "rejected",
  missed: "timeout",
  failed: "timeout",
} as const;

/** The meeting's id is a string here, and a number in the events of calls. */
export function invitationEvent(
  cloud: Cloud,
  meeting: Meeting,
  uuid: string,
  callee: Callee<"contact">,
  state: State,
): void {
  const host = hostOf(cloud, meeting);
  announce(cloud, `meeting.invitation_${OF_CONTACTS[state]}`, {
    meetingId: meeting.id,
    payload: {
      operator: host.email,
      operator_id: host.id,
      object: {
        id: String(meeting.id),
        uuid,
        host_id: host.id,
        topic: meeting.topic,
        participant: { participant_user_id: callee.userId, email: callee.email },
      },
    },
  });
}

/** The number is written as an integer: without plus, and without its extension. */
export function phoneCallEvent(
  cloud: Cloud,
  meeting: Meeting,
  uuid: string,
  { name, number }: Callee<"phone">,
  state: State,
): void {
  const digits = number.replace(/-\d+$/, "").replaceAll(/\D/g, "");
  callEvent(cloud, meeting, "phone", state, {
    uuid,
    participant: { invitee_name: name, phone_number: Number(digits) },
  });
}

export function roomCallEvent(
  cloud: Cloud,
  meeting: Meeting,
  uuid: string,
  { callType, address }: Callee<"room">,
  state: State,
): void {
  callEvent(cloud, meeting, "room_system", state, {
    uuid,
    message_id: `${uuid}-${cloud.counters.calls}`,
    inviter_name: hostOf(cloud, meeting).firstName,
    ...(state === "failed" && { reason_type: 2 }),
    participant: { call_type: callType, device_ip: address },
  });
}

function callEvent(
  cloud: Cloud,
  meeting: Meeting,
  what: "phone" | "room_system",
  state: State,
  more: object,
): void {
  const how = state === "calling" ? "ringing" : state;
  announce(cloud, `meeting.participant_${what}_callout_${how}`, {
    meetingId: meeting.id,
    payload: { object: { id: meeting.id, host_id: meeting.hostId, ...more } },
  });
}
