import type { ZoomClient } from "../../zoom/client.ts";
import { unlessGone } from "../../zoom/errors.ts";
import type { ZoomUser } from "../../zoom/users.ts";
import { getUser, membersOfGroup } from "../../zoom/users.ts";
import type { PersonField } from "../fields.ts";

/** The account's user by this email; undefined for people of other accounts and of none. */
export const findUser = (zoom: ZoomClient, email: string): Promise<ZoomUser | undefined> =>
  unlessGone(getUser(zoom, email));

/** The members of a Zoom group, by its name or id. */
export const groupMembers = async (zoom: ZoomClient, nameOrId: string): Promise<PersonField[]> =>
  (await membersOfGroup(zoom, nameOrId)).map(({ name, email }) => ({
    name: name || undefined,
    email: email || undefined,
    team: undefined,
  }));
