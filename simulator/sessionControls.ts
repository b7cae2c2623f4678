import type { FastifyInstance, FastifyRequest } from "fastify";
import { controlEach, ControlRefusal, readControl } from "./controlBodies.ts";
import { leaveDoor, openLink } from "./door.ts";
import { moveToRoom } from "./breakouts.ts";
import { admitSchema, breakoutSchema, endSchema, joinSchema, leaveSchema } from "./controlSchemas.ts";
import { liveSession } from "./meetingViews.ts";
import { admit, endSession, leave, openSessionOf, present } from "./sessions.ts";
import type { Cloud, Meeting, Session, Stay } from "./state.ts";

type Who = { user_id?: string | undefined; email?: string | undefined; name?: string | undefined };

/** What people do in and around a meeting. */
export function addSessionControls(app: FastifyInstance, cloud: Cloud): void {
  app.post("/_sim/meetings/:id/join", (request) => {
    const meeting = meetingIn(cloud, request);
    return controlEach(joinSchema, request, ({ waits, ...person }) => {
      const opened = openLink(cloud, meeting, person, waits);
      if (opened.kind === "inside") return stayView(opened.session, opened.stay);
      return { meeting_id: meeting.id, name: person.name, status: "waiting_for_host" };
    });
  });

  app.post("/_sim/meetings/:id/leave", (request) => {
    const meeting = meetingIn(cloud, request);
    return controlEach(leaveSchema, request, ({ reason, ...who }) => {
      if (leaveDoor(cloud, meeting, who.name ?? "")) return { ended: false };
      const session = openIn(cloud, request);
      const stay = only(present(session), who);
      leave(cloud, session, stay, reason);
      return { ...stayView(session, stay), ended: session.endedAtMs !== undefined };
    });
  });

  app.post("/_sim/meetings/:id/admit", (request) => {
    const session = openIn(cloud, request);
    const { all, ...who } = readControl(admitSchema, request);
    const waiting = present(session, "in_waiting_room");
    const admitted = (all ? waiting : [only(waiting, who)]).map((stay) => admit(cloud, session, stay));
    return { admitted: admitted.map((stay) => stayView(session, stay)) };
  });

  app.post("/_sim/meetings/:id/breakout", (request) => {
    const session = openIn(cloud, request);
    const { room, ...who } = readControl(breakoutSchema, request);
    const stay = only(present(session), who);
    moveToRoom(cloud, session, stay, room);
    return { ...stayView(session, stay), breakout_room_uuid: stay.breakoutRoom ?? null };
  });

  app.post("/_sim/meetings/:id/end", (request) => {
    const session = liveSession(meetingIn(cloud, request));
    const { reason } = readControl(endSchema, request);
    if (session === undefined) return { ended: false };
    endSession(cloud, session, reason ?? "Host ended the meeting.");
    return { ended: true, uuid: session.uuid };
  });
}

function meetingIn(cloud: Cloud, request: FastifyRequest): Meeting {
  const { id } = request.params as { id: string };
  const meeting = cloud.meetings.get(Number(id));
  if (meeting === undefined) throw new ControlRefusal(404, `There is no meeting ${id}.`);
  return meeting;
}

function openIn(cloud: Cloud, request: FastifyRequest): Session {
  const session = openSessionOf(meetingIn(cloud, request));
  if (session === undefined) throw new ControlRefusal(409, "Nobody is in this meeting.");
  return session;
}

function only(stays: Stay[], { user_id, email, name }: Who): Stay {
  const stay = stays.find(
    (candidate) =>
      (user_id !== undefined && candidate.userId === user_id) ||
      (email !== undefined && candidate.email === email) ||
      (name !== undefined && candidate.name === name),
  );
  if (stay === undefined) throw new ControlRefusal(404, "Nobody there by that user_id, email or name.");
  return stay;
}

const stayView = (session: Session, stay: Stay) => ({
  meeting_id: session.meetingId,
  uuid: session.uuid,
  user_id: stay.userId,
  participant_uuid: stay.participantUuid,
  name: stay.name,
  email: stay.email,
  status: stay.place,
});
