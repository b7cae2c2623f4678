import { invitationEvent, phoneCallEvent, roomCallEvent } from "./liveCallEvents.ts";
import { openSessionOf, join } from "./sessions.ts";
import type { Cloud, Meeting } from "./state.ts";
import { findUser } from "./users.ts";

/** Somebody who is being called into a meeting, and what came of it. */
export type LiveCall = {
  id: number;
  meetingId: number;
  callee:
    | { kind: "contact"; email: string; userId: string }
    | { kind: "phone"; name: string; number: string }
    | { kind: "room"; callType: "h323" | "sip"; address: string };
  state: "calling" | "accepted" | "rejected" | "missed" | "failed";
};

export type Reaction = "accept" | "decline" | "none" | "fail";

/** Rings at once; the callee reacts as the settings say, or as a control says before. */
export function placeCall(cloud: Cloud, meeting: Meeting, callee: LiveCall["callee"]): void {
  const { answer, answerAfterMs, ringMs } = cloud.settings.live;
  cloud.counters.calls += 1;
  const call: LiveCall = { id: cloud.counters.calls, meetingId: meeting.id, callee, state: "calling" };
  cloud.calls.push(call);
  tell(cloud, meeting, call, "calling");
  cloud.clock.after(answer === "none" ? ringMs : answerAfterMs, () => answerCall(cloud, call, answer));
}

export function answerCall(cloud: Cloud, call: LiveCall, reaction: Reaction): void {
  const meeting = cloud.meetings.get(call.meetingId);
  if (call.state !== "calling" || meeting === undefined) return;
  const after = { accept: "accepted", decline: "rejected", none: "missed", fail: "failed" } as const;
  call.state = after[reaction];
  tell(cloud, meeting, call, call.state);
  if (call.state === "accepted") enter(cloud, meeting, call.callee);
}

function enter(cloud: Cloud, meeting: Meeting, callee: LiveCall["callee"]): void {
  if (callee.kind === "contact") {
    const user = findUser(cloud, callee.userId);
    join(cloud, meeting, { name: user?.firstName ?? callee.email, email: callee.email });
  }
  if (callee.kind === "phone")
    join(cloud, meeting, { name: callee.name, phone_number: callee.number, waiting_room: false });
  if (callee.kind === "room") join(cloud, meeting, { name: "Room system", waiting_room: false });
}

function tell(cloud: Cloud, meeting: Meeting, { callee }: LiveCall, state: LiveCall["state"]): void {
  const uuid = openSessionOf(meeting)?.uuid ?? meeting.uuid;
  switch (callee.kind) {
    case "contact":
      return invitationEvent(cloud, meeting, uuid, callee, state);
    case "phone":
      return phoneCallEvent(cloud, meeting, uuid, callee, state);
    case "room":
      return roomCallEvent(cloud, meeting, uuid, callee, state);
  }
}
