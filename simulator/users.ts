import type { Handler } from "./call.ts";
import { hostNotAllowed, unknownGroup, unknownUser } from "./errors.ts";
import { pageOf } from "./paging.ts";
import type { Cloud, User } from "./state.ts";
import { isoTime } from "./time.ts";

/** By id or e-mail. `me` means nothing to an account's own app: it has to name the user. */
export function findUser(cloud: Cloud, idOrEmail: string): User | undefined {
  const email = idOrEmail.toLowerCase();
  return cloud.users.find(
    (user) => user.status !== "removed" && (user.id === idOrEmail || user.email === email),
  );
}

/** Without a licence; nobody has one in a free account. */
export const isBasic = ({ settings }: Cloud, { type }: User): boolean =>
  type !== 2 || settings.plan === "free";

export function requireUser(cloud: Cloud, idOrEmail: string): User {
  const user = findUser(cloud, idOrEmail);
  if (user === undefined) throw unknownUser(idOrEmail);
  return user;
}

export function requireHost(cloud: Cloud, idOrEmail: string, refusal = hostNotAllowed): User {
  const user = requireUser(cloud, idOrEmail);
  if (user.type === 99 || user.status === "inactive") throw refusal();
  return user;
}

export const fullName = (user: User): string => `${user.firstName} ${user.lastName}`;

export const listUsers: Handler = (cloud, { query }) => {
  const wanted = cloud.users.filter(({ status }) => status === (query.status ?? "active"));
  const { items, ...page } = pageOf(cloud, wanted, query, `users ${query.status}`, 2_000);
  return {
    status: 200,
    body: { ...page, page_number: 1, users: items.map((user) => userView(cloud, user)) },
  };
};

export const getUser: Handler = (cloud, { params }) => {
  const user = requireUser(cloud, params.userId ?? "");
  const role_name = user.role === "admin" ? "Admin" : "Member";
  const extra = { account_id: cloud.accountId, use_pmi: false, language: "en-US", role_name };
  return { status: 200, body: { ...userView(cloud, user), ...extra } };
};

export const listGroups: Handler = (cloud, { query }) => {
  const { items, next_page_token, total_records } = pageOf(cloud, cloud.groups, query, "groups");
  const groups = items.map(({ id, name, memberIds }) => ({ id, name, total_members: memberIds.length }));
  return { status: 200, body: { groups, next_page_token, total_records } };
};

export const listGroupMembers: Handler = (cloud, { params, query }) => {
  const group = cloud.groups.find(({ id }) => id === params.groupId);
  if (group === undefined) throw unknownGroup(params.groupId ?? "");
  const members = cloud.users.filter(
    ({ id, status }) => group.memberIds.includes(id) && status !== "removed",
  );
  const { items, ...page } = pageOf(cloud, members, query, `members ${group.id}`, 2_000);
  return { status: 200, body: { ...page, page_number: 1, members: items.map(memberView) } };
};

function userView(cloud: Cloud, user: User) {
  return {
    id: user.id,
    first_name: user.firstName,
    last_name: user.lastName,
    display_name: fullName(user),
    email: user.email,
    type: user.type,
    pmi: user.pmi,
    timezone: "UTC",
    verified: 1,
    status: user.status,
    dept: "",
    created_at: isoTime(user.createdAtMs),
    group_ids: cloud.groups.filter(({ memberIds }) => memberIds.includes(user.id)).map(({ id }) => id),
  };
}

const memberView = ({ id, email, firstName, lastName, type }: User) => ({
  id,
  email,
  first_name: firstName,
  last_name: lastName,
  type,
});
