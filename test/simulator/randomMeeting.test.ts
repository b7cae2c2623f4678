import { beforeEach, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { controlOf } from "../support/control.ts";
import { playMeeting } from "../support/randomMeeting/play.ts";
import type { Played } from "../support/randomMeeting/play.ts";
import type { Act, Person, Script } from "../support/randomMeeting/script.ts";
import { noTrouble, scriptOf, scripts } from "../support/randomMeeting/script.ts";
import type { Presence } from "../support/randomMeeting/truth.ts";
import type { Json } from "./support.ts";
import { inPath, useReceiver, useSimulator } from "./support.ts";

const { url, call, sim, meeting, advance } = useSimulator();
const receiver = useReceiver();

const play = async (script: Script): Promise<Played & { id: number }> => {
  // A play moves the clock by hours, which ends tokens.
  await advance(0);
  const { id } = await meeting();
  const played = await playMeeting(controlOf(url()), String(id), script);
  await advance(0);
  return { id, ...played };
};

/** The same by another way: second by second, who was in by any of these stays. */
const seconds = (stays: [joined: string, left: string][]): number => {
  const present = new Set<number>();
  for (const [joined, left] of stays)
    for (let ms = Date.parse(joined); ms < Date.parse(left); ms += 1000) present.add(ms);
  return present.size;
};

const shown = (people: Presence[]) =>
  people
    .map(({ person, firstJoinMs, presentMs }) => [person.key, firstJoinMs, presentMs / 1000] as const)
    .toSorted(([a], [b]) => a.localeCompare(b));

const told = (stays: [person: Person | undefined, joined: string, left: string][]) =>
  [...new Set(stays.map(([person]) => person))]
    .map((person) => {
      const theirs = stays.filter((stay) => stay[0] === person);
      const firstJoinMs = Math.min(...theirs.map(([, joined]) => Date.parse(joined)));
      const times = theirs.map(([, joined, left]): [string, string] => [joined, left]);
      return [person?.key ?? "a stranger", firstJoinMs, seconds(times)] as const;
    })
    .toSorted(([a], [b]) => a.localeCompare(b));

beforeEach(() => sim("POST", "/settings", { limits: false }));

describe("the truth of a random meeting", () => {
  test("is what Zoom reports of each session, and it has the sessions that Zoom lists", async () => {
    await fc.assert(
      fc.asyncProperty(scripts(), async (script) => {
        await sim("POST", "/reset");
        await sim("POST", "/settings", { limits: false });
        const { id, truth, whose } = await play(script);
        const instances = await call("GET", `/past_meetings/${id}/instances`);
        const listed: Json[] = instances.status === 404 ? [] : instances.body.meetings;
        expect(listed.map(({ uuid, start_time }) => [uuid, Date.parse(start_time)])).toEqual(
          truth.sessions.map(({ uuid, startMs }) => [uuid, startMs]),
        );
        for (const session of truth.sessions) {
          const past = (await call("GET", `/past_meetings/${inPath(session.uuid)}`)).body;
          expect(Date.parse(past.end_time)).toBe(session.endMs);
          const path = `/past_meetings/${inPath(session.uuid)}/participants?page_size=300`;
          const rows: Json[] = (await call("GET", path)).body.participants;
          const inside = rows.filter(({ status }) => status === "in_meeting");
          expect(told(inside.map((row) => [whose.get(row.user_id), row.join_time, row.leave_time]))).toEqual(
            shown(session.people),
          );
        }
      }),
      { numRuns: 40, seed: 20_261_123 },
    );
  }, 120_000);

  test("is what the webhooks tell, when none of them is lost", async () => {
    await sim("POST", "/webhooks", { url: receiver.url() });
    for (const seed of [3, 5, 8, 13]) {
      receiver.received.length = 0;
      const { truth, whose, id } = await play({ ...scriptOf(seed), trouble: noTrouble });
      const ends = truth.sessions.length;
      const of = (event: string) => receiver.received.filter(({ body }) => body.event === `meeting.${event}`);
      const left = () => of("participant_left").length === of("participant_joined").length;
      while (of("ended").length < ends || !left()) await new Promise((done) => setTimeout(done, 10));

      expect(of("started").map(({ body }) => body.payload.object.uuid)).toEqual(
        truth.sessions.map(({ uuid }) => uuid),
      );
      const stays = of("participant_joined").map(({ body }) => {
        const { uuid, participant } = body.payload.object;
        const end = of("participant_left").find(
          ({ body: { payload } }) =>
            payload.object.uuid === uuid && payload.object.participant.user_id === participant.user_id,
        );
        const leaveTime: string = end?.body.payload.object.participant.leave_time;
        return [whose.get(participant.user_id), participant.join_time as string, leaveTime] as [
          Person | undefined,
          string,
          string,
        ];
      });
      expect([id, ...told(stays)]).toEqual([id, ...shown(truth.people)]);
    }
  });

  test("is the same however its webhooks fare", async () => {
    const calm = { ...scriptOf(21), trouble: noTrouble };
    const rough = { ...calm, trouble: { seed: 4, lost: 0.3, doubled: 0.3, late: 0.9, lateSeconds: 600 } };
    await sim("POST", "/webhooks", { url: receiver.url() });
    const lengths = async (script: Script) =>
      (await play(script)).truth.sessions.map(({ people }) => people.map(({ person }) => person.key));
    const [one, other] = [await lengths(calm), await lengths(rough)];
    expect(other).toEqual(one);
    const { faults } = (await sim("GET", "/faults")).body;
    expect(faults.every(({ fired }: Json) => fired > 0)).toBe(true);
  });
});

describe("a scripted meeting", () => {
  const ada: Person = {
    key: "ada",
    kind: "internal",
    name: "Ada",
    email: "host2@example.com",
    devices: 2,
    expected: true,
  };
  const bo: Person = {
    key: "bo",
    kind: "external",
    name: "Bo",
    email: "bo@elsewhere.example",
    devices: 1,
    expected: true,
  };
  const cy: Person = {
    key: "cy",
    kind: "phone",
    name: "1***5550100",
    phoneNumber: "15550100",
    devices: 1,
    expected: true,
  };
  const people = [ada, bo, cy];
  const joins = (who: number, afterSeconds: number, toWaitingRoom = false): Act => ({
    what: "join",
    who,
    afterSeconds,
    toWaitingRoom,
  });
  const minutes = ({ presentMs }: Presence) => Math.round(presentMs / 60_000);

  test("counts two devices once, and a waiting room not at all", async () => {
    const { truth } = await play({
      people,
      trouble: noTrouble,
      acts: [
        joins(0, 0),
        joins(0, 300),
        joins(1, 0, true),
        { what: "leave", which: 0, afterSeconds: 300 },
        { what: "admit", which: 0, afterSeconds: 300 },
        { what: "breakout", which: 0, room: "Database", afterSeconds: 0 },
        { what: "end", afterSeconds: 600 },
      ],
    });
    expect(truth.people.map((presence) => [presence.person.key, minutes(presence)])).toEqual([
      ["ada", 25],
      ["bo", 10],
    ]);
    expect(truth.neverCame).toEqual([cy]);
  });

  test("has a session for each time it was live, and who only waited never came", async () => {
    const { truth } = await play({
      people,
      trouble: noTrouble,
      acts: [
        joins(0, 0),
        joins(1, 0, true),
        { what: "end", afterSeconds: 600 },
        joins(2, 600),
        { what: "leave", which: 0, afterSeconds: 600 },
        joins(0, 600),
      ],
    });
    expect(truth.sessions.map(({ people: came }) => came.map(({ person }) => person.key))).toEqual([
      ["ada"],
      ["cy"],
      ["ada"],
    ]);
    expect(truth.people.map((presence) => [presence.person.key, minutes(presence)])).toEqual([
      ["ada", 11],
      ["cy", 10],
    ]);
    expect(truth.neverCame).toEqual([bo]);
  });
});
