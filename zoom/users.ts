import { z } from "zod";
import type { ZoomClient } from "./client.ts";
import { ZoomError } from "./errors.ts";
import { collect, listAll } from "./paging.ts";
import { defined, id, optionalText, text } from "./parse.ts";
import { path } from "./paths.ts";

const person = {
  id: z.string().min(1).optional().catch(undefined),
  email: text,
  first_name: text,
  last_name: text,
  display_name: optionalText,
  type: z.number().optional().catch(undefined),
};

const nameOf = (given: {
  first_name: string;
  last_name: string;
  display_name?: string | undefined;
}): string => given.display_name ?? `${given.first_name} ${given.last_name}`.trim();

// Phone numbers, personal meeting ids and host keys do not pass.
const userSchema = z
  .object({ ...person, id, status: text, timezone: text, account_id: optionalText, role_id: optionalText })
  .transform((given) =>
    defined({
      id: given.id,
      email: given.email,
      name: nameOf(given),
      /** 1 basic, 2 licensed, 4 without meetings licence, 99 none. */
      type: given.type,
      /** May host without the limits of a basic user. */
      isLicensed: given.type === 2,
      /** `active`, `inactive` or `pending`; "" if not told. */
      status: given.status,
      timezone: given.timezone,
      accountId: given.account_id,
      roleId: given.role_id,
    }),
  );

export type ZoomUser = z.output<typeof userSchema>;

const memberSchema = z.object(person).transform((given) =>
  defined({
    /** Absent for members who have not accepted their invitation. */
    id: given.id,
    email: given.email,
    name: nameOf(given),
    isLicensed: given.type === 2,
  }),
);

export type GroupMember = z.output<typeof memberSchema>;

const groupSchema = z.object({ id, name: text });

export type ZoomGroup = z.output<typeof groupSchema>;

/** By id or email. `me` is for connectors of one user only. */
export const getUser = (zoom: ZoomClient, userId: string): Promise<ZoomUser> =>
  zoom.get(path`/users/${userId}`, { operation: "getUser", answer: userSchema });

export type UserListOptions = { status?: "active" | "inactive" | "pending"; pageSize?: number };

export const listUsers = (
  zoom: ZoomClient,
  { status, pageSize = 300 }: UserListOptions = {},
): AsyncGenerator<ZoomUser, void> =>
  listAll(zoom, {
    operation: "listUsers",
    path: path`/users`,
    field: "users",
    entry: userSchema,
    query: { status },
    pageSize,
  });

export const listGroups = (zoom: ZoomClient): AsyncGenerator<ZoomGroup, void> =>
  listAll(zoom, { operation: "listGroups", path: path`/groups`, field: "groups", entry: groupSchema });

export const listGroupMembers = (zoom: ZoomClient, groupId: string): AsyncGenerator<GroupMember, void> =>
  listAll(zoom, {
    operation: "listGroupMembers",
    path: path`/groups/${groupId}/members`,
    field: "members",
    entry: memberSchema,
  });

/** The members of a group, by its id, or by its name whatever its case. */
export const membersOfGroup = async (zoom: ZoomClient, nameOrId: string): Promise<GroupMember[]> => {
  const groups = await collect(listGroups(zoom));
  const group =
    groups.find(({ id: given }) => given === nameOrId) ??
    groups.find(({ name }) => name.toLowerCase() === nameOrId.toLowerCase());
  if (group) return collect(listGroupMembers(zoom, group.id));
  const names = groups.map(({ name }) => name);
  throw new ZoomError({
    code: "invalid_input",
    message: `There is no Zoom group "${nameOrId}"; there are: ${names.slice(0, 20).join(", ") || "none"}`,
    field: "group",
    method: "GET",
    path: "/groups",
  });
};
