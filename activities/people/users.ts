import type { ZoomClient } from "../../zoom/client.ts";
import { ZoomError, unlessGone } from "../../zoom/errors.ts";
import { collect } from "../../zoom/paging.ts";
import type { ZoomUser } from "../../zoom/users.ts";
import { getUser, listGroupMembers, listGroups } from "../../zoom/users.ts";
import type { PersonField } from "../fields.ts";

/** The account's user by this email; undefined for people of other accounts and of none. */
export const findUser = (zoom: ZoomClient, email: string): Promise<ZoomUser | undefined> =>
  unlessGone(getUser(zoom, email));

/** The members of a Zoom group, by its name or id. */
export const groupMembers = async (zoom: ZoomClient, nameOrId: string): Promise<PersonField[]> => {
  const groups = await collect(listGroups(zoom));
  const group =
    groups.find(({ id }) => id === nameOrId) ??
    groups.find(({ name }) => name.toLowerCase() === nameOrId.toLowerCase());
  if (!group)
    throw unknownGroup(
      nameOrId,
      groups.map(({ name }) => name),
    );
  const members = await collect(listGroupMembers(zoom, group.id));
  return members.map(({ name, email }) => ({
    name: name || undefined,
    email: email || undefined,
    team: undefined,
  }));
};

const unknownGroup = (nameOrId: string, names: string[]): ZoomError =>
  new ZoomError({
    code: "invalid_input",
    message: `There is no Zoom group "${nameOrId}"; there are: ${names.slice(0, 20).join(", ") || "none"}`,
    field: "group",
    method: "GET",
    path: "/groups",
  });
