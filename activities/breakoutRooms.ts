import type { PersonField } from "./fields.ts";
import { nameOf } from "./licensedHosts.ts";

/** Zoom's help pages name these limits for rooms that are assigned beforehand; its API's document names none. */
export const mostRooms = 100;
export const mostPreassigned = 1000;

/** A room as Zoom takes it; its participants are emails. */
export type Room = { name: string; participants: string[] };

export type Placement = {
  name: string;
  email: string | null;
  room: string | null;
  outcome: "assigned" | "no_email" | "no_team" | "in_another_room";
};

type Wish = { person: PersonField; room: string | undefined };

/** Rooms with who goes where as named: rooms of one name are one, and whoever is named twice is in the first. */
export const placed = (rooms: readonly { name: string; people: readonly PersonField[] }[]) =>
  assign(
    rooms.map(({ name }) => name),
    rooms.flatMap(({ name, people }) => people.map((person) => ({ person, room: name }))),
  );

/** One room for each team, in the order in which the teams come up. Teams without anybody to assign have none. */
export const roomsByTeam = (people: readonly PersonField[]) => {
  const { rooms, placements } = assign(
    people.flatMap(({ team }) => team ?? []),
    people.map((person) => ({ person, room: person.team })),
  );
  return { rooms: rooms.filter(({ participants }) => participants.length > 0), placements };
};

/** Room names are compared without regard to case, as people write team names. */
const sameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

const longestName = 32;

const assign = (
  names: readonly string[],
  wishes: readonly Wish[],
): { rooms: Room[]; placements: Placement[] } => {
  const rooms: Room[] = [];
  for (const name of names.map((each) => each.slice(0, longestName))) {
    if (!rooms.some((room) => sameName(room.name, name))) rooms.push({ name, participants: [] });
  }
  const assigned = new Set<string>();
  const placements = wishes.map(({ person, room }): Placement => {
    const at = { name: nameOf(person), email: person.email ?? null };
    const found = rooms.find(({ name }) => sameName(name, (room ?? "").slice(0, longestName)));
    if (!person.email) return { ...at, room: null, outcome: "no_email" };
    if (!found) return { ...at, room: null, outcome: "no_team" };
    if (assigned.has(person.email.toLowerCase())) return { ...at, room: null, outcome: "in_another_room" };
    assigned.add(person.email.toLowerCase());
    found.participants.push(person.email);
    return { ...at, room: found.name, outcome: "assigned" };
  });
  return { rooms, placements };
};
