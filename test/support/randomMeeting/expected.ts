import { grouped } from "../../../domain/grouped.ts";
import type { Connection } from "./play.ts";
import type { Person } from "./script.ts";
import type { Interval, Presence, SessionTruth } from "./truth.ts";
import { coveredMs } from "./truth.ts";

/** What an incident knows of somebody. */
export type Known = { name?: string; email?: string };

/** How a list of people calls them. */
export const callOf = ({ name, email }: Known): string => email?.toLowerCase() ?? name ?? "";

/**
 * What Zoom shows of somebody, which is all that anybody can go by: of people outside the account it leaves email and
 * ids empty (webhooks.json, `meeting.participant_joined`: "participant.email … will return an empty string value").
 */
const shown = ({ kind, name, email }: Person): Known => ({
  name,
  ...(kind === "internal" && email !== undefined && { email }),
});

const same = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && a.toLowerCase() === b?.toLowerCase();

export const isKnownAs = (known: Known, person: Person): boolean => {
  const { name, email } = shown(person);
  return known.email !== undefined && email !== undefined ? same(known.email, email) : same(known.name, name);
};

/** Who of a call Zoom shows as one: a guest of the name of one colleague may be that colleague on another device. */
const identity = (person: Person, session: readonly Presence[]): string => {
  const own = shown(person);
  if (own.email !== undefined) return own.email;
  const namesakes = session.flatMap((each) =>
    same(shown(each.person).name, own.name) ? (shown(each.person).email ?? []) : [],
  );
  return namesakes.length === 1 ? namesakes[0]! : `named ${own.name}`;
};

const iso = (ms: number): string => new Date(ms).toISOString();
const minutesOf = (ms: number): number => Math.round(ms / 6000) / 10;

/** The attendance of a session as the timeline ought to tell it. */
export const attendanceOf = ({ people, startMs }: SessionTruth, expected: readonly Known[]) => {
  const rows = grouped(people, ({ person }) => identity(person, people));
  const came = new Set<Known>();
  const attendees = [...rows.values()].map((presences) => {
    const stays = presences
      .flatMap((presence) => presence.stays)
      .toSorted((a: Interval, b: Interval) => a.startMs - b.startMs);
    const email = presences.flatMap(({ person }) => shown(person).email ?? [])[0] ?? null;
    const byEmail = expected.find((each) => email !== null && same(each.email, email));
    const byName = expected.find(
      (each) =>
        presences.some(({ person }) => same(each.name, person.name)) &&
        (each.email === undefined || email === null),
    );
    const responder = byEmail ?? byName;
    if (responder) came.add(responder);
    const firstMs = stays[0]!.startMs;
    return {
      name: presences[0]!.person.name,
      email,
      matched: byEmail ? "email" : byName ? "name" : null,
      first_join: iso(firstMs),
      last_leave: iso(Math.max(...stays.map(({ endMs }) => endMs))),
      minutes: minutesOf(coveredMs(stays)),
      joins: stays.length,
      seconds_to_join: (firstMs - startMs) / 1000,
    };
  });
  return { attendees, missing: expected.filter((each) => !came.has(each)).map(callOf) };
};

/** When each of the expected people was first on the call. */
export const arrivalsOf = ({ people }: SessionTruth, expected: readonly Known[]) =>
  expected.flatMap((known) => {
    const joins = people.filter(({ person }) => isKnownAs(known, person));
    return joins.length === 0
      ? []
      : [{ name: callOf(known), atMs: Math.min(...joins.map(({ firstJoinMs }) => firstJoinMs)) }];
  });

/** How a call ought to be shown while it goes on. Two devices of a guest are two guests: Zoom tells them not apart. */
export const callNow = (inside: readonly Connection[], expected: readonly Known[]) => {
  const present = inside.filter(({ place }) => place === "in_meeting");
  const waiting = inside.filter(({ place }) => place === "in_waiting_room");
  const isLive = present.length > 0;
  const names = (connections: readonly Connection[]): string[] =>
    [
      ...new Map(
        connections.map(({ person, userId }) => [
          shown(person).email ?? userId,
          shown(person).email ?? person.name,
        ]),
      ).values(),
    ].toSorted();
  return {
    head_count: names(present).length,
    present: names(present),
    waiting_room: names(waiting),
    missing: isLive
      ? expected
          .filter((known) => !present.some(({ person }) => isKnownAs(known, person)))
          .map(callOf)
          .toSorted()
      : [],
  };
};
