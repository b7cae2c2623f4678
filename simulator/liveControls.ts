import { z } from "zod";
import type { Handler } from "./call.ts";
import {
  meetingNotLive,
  noContacts,
  notForThisAccount,
  storageFull,
  tooManyControls,
  unknownParticipant,
} from "./errors.ts";
import { placeCall } from "./liveCalls.ts";
import { readBody } from "./meetingSchemas.ts";
import { hostOf, liveSession } from "./meetingViews.ts";
import { pauseRecording, startRecording, stopRecording } from "./recordings.ts";
import { leave, present } from "./sessions.ts";
import type { Cloud, Meeting, Session } from "./state.ts";
import { findUser } from "./users.ts";

const contact = z.object({ id: z.string().optional(), email: z.string().optional() });
const names = z.object({ from_display_name: z.string().max(64), to_display_name: z.string().max(64) });

const inSession = z.discriminatedUnion("method", [
  z.object({ method: z.literal("recording.start") }),
  z.object({ method: z.literal("recording.stop") }),
  z.object({ method: z.literal("recording.pause") }),
  z.object({ method: z.literal("recording.resume") }),
  z.object({
    method: z.literal("participant.invite"),
    params: z.object({ contacts: z.array(contact).max(10).default([]) }).prefault({}),
  }),
  z.object({ method: z.literal("waiting_room.update") }),
  z.object({
    method: z.literal("participant.remove"),
    params: z.object({ participant_uuid: z.string() }),
  }),
]);

/** These two ring people before the meeting is live, too. */
const callOut = z.discriminatedUnion("method", [
  z.object({
    method: z.literal("participant.invite.callout"),
    params: z.object({ invitee_name: z.string().default(""), phone_number: z.string().regex(/\d{5}/) }),
  }),
  z.object({
    method: z.literal("participant.invite.room_system_callout"),
    params: z.object({
      call_type: z.enum(["h323", "sip"]),
      device_ip: z.string().min(1),
      h323_headers: names.partial().optional(),
      sip_headers: names.partial().optional(),
    }),
  }),
]);

const controlSchema = z.union([inSession, callOut]);

const isCallOut = (control: z.infer<typeof controlSchema>): control is z.infer<typeof callOut> =>
  control.method.includes("callout");

/** 202 means queued: what came of it is told by webhooks only. */
export const controlLiveMeeting: Handler = (cloud, { params, body }) => {
  const reference = params.meetingId ?? "";
  const meeting = cloud.meetings.get(Number(reference));
  if (meeting === undefined || meeting.deleted) throw meetingNotLive(reference);
  const control = readBody(controlSchema, body);
  const session = liveSession(meeting);
  if (session === undefined && !isCallOut(control)) throw meetingNotLive(reference);
  spend(cloud, `${meeting.id}`, cloud.settings.live.perMeeting, "this meeting");
  if (isCallOut(control)) call(cloud, meeting, control);
  else if (session !== undefined) carryOut(cloud, session, control);
  return { status: 202 };
};

function carryOut(cloud: Cloud, session: Session, control: z.infer<typeof inSession>): void {
  switch (control.method) {
    case "recording.start":
      start(cloud, session);
      return;
    case "recording.stop":
      stopRecording(cloud, session);
      return;
    case "recording.pause":
      pauseRecording(cloud, session, "paused");
      return;
    case "recording.resume":
      pauseRecording(cloud, session, "resumed");
      return;
    case "participant.invite":
      invite(cloud, session, control.params.contacts);
      return;
    case "participant.remove":
      remove(cloud, session, control.params.participant_uuid);
      return;
    case "waiting_room.update":
      return;
  }
}

/** Nothing starts while something is recorded, or where the host has no cloud: the answer is 202 all the same. */
function start(cloud: Cloud, session: Session): void {
  const phase = session.recording?.phase;
  const meeting = cloud.meetings.get(session.meetingId);
  if (phase === "recording" || phase === "paused" || meeting === undefined) return;
  if (cloud.settings.recordingStorageFull) throw storageFull();
  if (hostOf(cloud, meeting).type === 2) startRecording(cloud, session);
}

function invite(cloud: Cloud, session: Session, contacts: z.infer<typeof contact>[]): void {
  const meeting = cloud.meetings.get(session.meetingId);
  const users = contacts
    .map(({ id, email }) => findUser(cloud, id ?? email ?? ""))
    .filter((user) => user !== undefined);
  if (users.length === 0 || meeting === undefined) throw noContacts();
  for (const { id, email } of users) placeCall(cloud, meeting, { kind: "contact", email, userId: id });
}

function call(cloud: Cloud, meeting: Meeting, control: z.infer<typeof callOut>): void {
  if (control.method === "participant.invite.room_system_callout") {
    const { call_type, device_ip } = control.params;
    placeCall(cloud, meeting, { kind: "room", callType: call_type, address: device_ip });
    return;
  }
  const { invitee_name, phone_number } = control.params;
  const { perNumber } = cloud.settings.live;
  spend(cloud, `${meeting.id} ${phone_number}`, perNumber, "this meeting and this phone number");
  placeCall(cloud, meeting, { kind: "phone", name: invitee_name, number: phone_number });
}

function remove(cloud: Cloud, session: Session, participantUuid: string): void {
  if (!cloud.settings.live.removal) throw notForThisAccount();
  const stay = present(session).find((each) => each.participantUuid === participantUuid);
  if (stay === undefined) throw unknownParticipant();
  leave(cloud, session, stay, "removed by host");
}

const WINDOW_MS = 5_000;

function spend(cloud: Cloud, key: string, max: number | null, what: string): void {
  const sinceMs = cloud.clock.now() - WINDOW_MS;
  const recent = (cloud.usage.liveControls.get(key) ?? []).filter((atMs) => atMs > sinceMs);
  if (cloud.settings.limits.enabled && max !== null && recent.length >= max) throw tooManyControls(max, what);
  cloud.usage.liveControls.set(key, [...recent, cloud.clock.now()]);
}
