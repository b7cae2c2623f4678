import { z } from "zod";
import type { Handler } from "./call.ts";
import { meetingNotLive, noContacts } from "./errors.ts";
import { invitationDispatched } from "./events.ts";
import { readBody } from "./meetingSchemas.ts";
import { liveSession } from "./meetingViews.ts";
import { pauseRecording, startRecording, stopRecording } from "./recordings.ts";
import type { Cloud, Session } from "./state.ts";
import { findUser } from "./users.ts";

const contact = z.object({ id: z.string().optional(), email: z.string().optional() });

const controlSchema = z.object({
  method: z.enum([
    "recording.start",
    "recording.stop",
    "recording.pause",
    "recording.resume",
    "participant.invite",
    "waiting_room.update",
  ]),
  params: z.object({ contacts: z.array(contact).max(10).optional() }).optional(),
});

type Control = z.infer<typeof controlSchema>;

/** 202 means queued: what came of it is told by webhooks only. */
export const controlLiveMeeting: Handler = (cloud, { params, body }) => {
  const reference = params.meetingId ?? "";
  const meeting = cloud.meetings.get(Number(reference));
  const session = meeting === undefined ? undefined : liveSession(meeting);
  if (session === undefined) throw meetingNotLive(reference);
  carryOut(cloud, session, readBody(controlSchema, body));
  return { status: 202 };
};

function carryOut(cloud: Cloud, session: Session, { method, params }: Control): void {
  switch (method) {
    case "recording.start":
      if (session.recording?.phase !== "recording") startRecording(cloud, session);
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
      invite(cloud, session, params?.contacts ?? []);
      return;
    case "waiting_room.update":
      return;
  }
}

function invite(cloud: Cloud, session: Session, contacts: z.infer<typeof contact>[]): void {
  const users = contacts
    .map(({ id, email }) => findUser(cloud, id ?? email ?? ""))
    .filter((user) => user !== undefined);
  if (users.length === 0) throw noContacts();
  for (const user of users) invitationDispatched(cloud, session, user);
}
