import { randomBytes } from "node:crypto";
import { ControlRefusal } from "./controlBodies.ts";
import { announceStay } from "./events.ts";
import type { Cloud, Session, Stay } from "./state.ts";
import { isoTime } from "./time.ts";

/** Into a breakout room by its name, into another, or back (null): whoever is in one has not left the meeting. */
export function moveToRoom(cloud: Cloud, session: Session, stay: Stay, name: string | null): void {
  if (stay.place !== "in_meeting")
    throw new ControlRefusal(409, "Nobody goes from the waiting room to a breakout room.");
  leaveRoom(cloud, session, stay);
  if (name === null) return;
  const rooms = (session.breakoutRooms ??= {});
  stay.breakoutRoom = rooms[name] ??= randomBytes(16).toString("base64");
  tell(cloud, session, stay, "joined", { join_time: isoTime(cloud.clock.now()) });
}

/** Also what happens first when somebody leaves the meeting from there. */
export function leaveRoom(cloud: Cloud, session: Session, stay: Stay): void {
  if (stay.breakoutRoom === undefined) return;
  tell(cloud, session, stay, "left", { leave_time: isoTime(cloud.clock.now()) });
  delete stay.breakoutRoom;
}

function tell(cloud: Cloud, session: Session, stay: Stay, change: "joined" | "left", times: object): void {
  announceStay(
    cloud,
    `participant_${change}_breakout_room`,
    session,
    stay,
    { ...times, parent_user_id: stay.userId },
    { breakout_room_uuid: stay.breakoutRoom },
  );
}
