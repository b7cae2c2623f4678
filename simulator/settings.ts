import { ControlRefusal } from "./controlBodies.ts";
import type { SettingsChange, UserChange } from "./controlSchemas.ts";
import { createUser } from "./defaults.ts";
import { defined } from "./collections.ts";
import type { Cloud, Settings, User, UserType } from "./state.ts";
import { findUser } from "./users.ts";

/** Changes what is given and leaves the rest. */
export function changeSettings(cloud: Cloud, change: SettingsChange): Settings {
  const { users, removeUsers, limits, ...plain } = change;
  cloud.settings = {
    ...cloud.settings,
    ...defined(plain),
    limits: { ...cloud.settings.limits, ...defined(limits ?? {}) },
  };
  for (const user of users ?? []) registerUser(cloud, user);
  for (const idOrEmail of removeUsers ?? []) removeUser(cloud, idOrEmail);
  return cloud.settings;
}

/** A meeting is never without its host: users who have any lose their licence instead. */
function removeUser(cloud: Cloud, idOrEmail: string): void {
  const user = findUser(cloud, idOrEmail);
  if (user === undefined) throw new ControlRefusal(404, `There is no user ${idOrEmail}.`);
  const hosts = [...cloud.meetings.values()].some(({ hostId }) => hostId === user.id);
  if (hosts)
    throw new ControlRefusal(409, `${user.email} hosts meetings; take the licence instead (type 99).`);
  cloud.users = cloud.users.filter(({ id }) => id !== user.id);
}

function registerUser(cloud: Cloud, change: UserChange): void {
  const email = change.email.toLowerCase();
  const known = findUser(cloud, email);
  const user = known ?? createUser(email, 2, cloud.clock.now(), cloud.users.length);
  if (known === undefined) cloud.users.push(user);
  user.type = typeOf(change) ?? user.type;
  user.webinar = change.webinar ?? user.webinar ?? 0;
  user.firstName = change.first_name ?? user.firstName;
  user.lastName = change.last_name ?? user.lastName;
  for (const name of change.groups ?? []) addToGroup(cloud, name, user);
}

const typeOf = ({ type, licensed }: UserChange): UserType | undefined =>
  type ?? (licensed === undefined ? undefined : licensed ? 2 : 1);

function addToGroup(cloud: Cloud, name: string, user: User): void {
  const group = cloud.groups.find((candidate) => candidate.name === name);
  if (group === undefined) throw new ControlRefusal(404, `There is no group ${name}.`);
  if (!group.memberIds.includes(user.id)) group.memberIds.push(user.id);
}
