import { ControlRefusal } from "./controlBodies.ts";
import type { SettingsChange, UserChange } from "./controlSchemas.ts";
import { createUser } from "./defaults.ts";
import { defined } from "./collections.ts";
import type { Cloud, Settings, User, UserType } from "./state.ts";
import { liveSession } from "./meetingViews.ts";
import { endSession } from "./sessions.ts";
import { revokeUser } from "./tokens.ts";
import { findUser } from "./users.ts";

/** Changes what is given and leaves the rest. */
export function changeSettings(cloud: Cloud, change: SettingsChange): Settings {
  const { users, removeUsers, accountId, limits, live, registration, ...plain } = change;
  cloud.settings = {
    ...cloud.settings,
    ...defined(plain),
    limits: { ...cloud.settings.limits, ...defined(limits ?? {}) },
    live: { ...cloud.settings.live, ...defined(live ?? {}) },
    registration: { ...cloud.settings.registration, ...defined(registration ?? {}) },
  };
  cloud.accountId = accountId ?? cloud.accountId;
  for (const user of users ?? []) registerUser(cloud, user);
  for (const idOrEmail of removeUsers ?? []) removeUser(cloud, idOrEmail);
  return cloud.settings;
}

/** With the user go the meetings, what is live ends, and the app loses what the user granted it. */
function removeUser(cloud: Cloud, idOrEmail: string): void {
  const user = findUser(cloud, idOrEmail);
  if (user === undefined) throw new ControlRefusal(404, `There is no user ${idOrEmail}.`);
  for (const meeting of [...cloud.meetings.values()].filter(({ hostId }) => hostId === user.id)) {
    const session = liveSession(meeting);
    if (session !== undefined) endSession(cloud, session, "Host ended the meeting.");
    meeting.deleted = true;
  }
  user.status = "removed";
  revokeUser(cloud, user.id);
}

function registerUser(cloud: Cloud, change: UserChange): void {
  const email = change.email.toLowerCase();
  const known = findUser(cloud, email);
  const user = known ?? createUser(email, 2, cloud.clock.now(), cloud.users.length);
  if (known === undefined) cloud.users.push(user);
  changeLicences(user, change);
  user.status = change.status ?? user.status;
  user.role = change.role ?? user.role;
  user.firstName = change.first_name ?? user.firstName;
  user.lastName = change.last_name ?? user.lastName;
  if (user.status === "inactive") revokeUser(cloud, user.id);
  for (const name of change.groups ?? []) addToGroup(cloud, name, user);
}

function changeLicences(user: User, change: UserChange): void {
  user.type = typeOf(change) ?? user.type;
  user.largeMeeting = change.largeMeeting ?? user.largeMeeting ?? 0;
  user.webinar = change.webinar ?? user.webinar ?? 0;
}

const typeOf = ({ type, licensed }: UserChange): UserType | undefined =>
  type ?? (licensed === undefined ? undefined : licensed ? 2 : 1);

function addToGroup(cloud: Cloud, name: string, user: User): void {
  const group = cloud.groups.find((candidate) => candidate.name === name);
  if (group === undefined) throw new ControlRefusal(404, `There is no group ${name}.`);
  if (!group.memberIds.includes(user.id)) group.memberIds.push(user.id);
}
