import { z } from "zod";
import type { ZoomClient } from "../../zoom/client.ts";
import type { PersonField } from "../fields.ts";
import { groupMembers } from "./users.ts";

export const groupField = z
  .string()
  .trim()
  .min(1)
  .optional()
  .meta({
    title: "Zoom group",
    description: "Name or id of a group of the Zoom account: all its members",
    examples: ["responders"],
  });

/** The people of a step's input and the members of its group, each once. */
export const withGroup = async (
  zoom: ZoomClient,
  { people, group }: { people: PersonField[]; group?: string | undefined },
): Promise<PersonField[]> => {
  if (group === undefined) return people;
  const named = new Set(people.map(({ email }) => email?.toLowerCase()));
  const members = await groupMembers(zoom, group);
  return [...people, ...members.filter(({ email }) => !email || !named.has(email.toLowerCase()))];
};
