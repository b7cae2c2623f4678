import fc from "fast-check";

/** Somebody who is expected at a meeting, or comes to it, or both. */
export type Person = {
  /** Unique within the script. */
  key: string;
  /** Zoom tells who internal people are. Of others there is the name they go by, and of callers not even theirs. */
  kind: "internal" | "external" | "phone";
  /** As Zoom shows it; two people may share one. */
  name: string;
  /** What they are known by outside Zoom, which hides it for people outside the account. */
  email?: string;
  phoneNumber?: string;
  /** Joins with a second device while the first is in. */
  devices: 1 | 2;
  expected: boolean;
};

/** What somebody does, `afterSeconds` since the act before. What makes no sense at its time is left out. */
export type Act = { afterSeconds: number } & (
  | { what: "join"; who: number; toWaitingRoom: boolean }
  /** From the meeting or its waiting room. */
  | { what: "leave"; which: number }
  | { what: "admit"; which: number }
  /** Into a breakout room, or back. */
  | { what: "breakout"; which: number; room: string | null }
  /** For everybody: who joins next begins another session. */
  | { what: "end" }
);

/** What happens to the meeting's webhooks on their way: chances from 0 to 1, and how late they may be. */
export type Trouble = { seed: number; lost: number; doubled: number; late: number; lateSeconds: number };

export type Script = { people: Person[]; acts: Act[]; trouble: Trouble };

export const noTrouble: Trouble = { seed: 1, lost: 0, doubled: 0, late: 0, lateSeconds: 0 };

/** Users of the simulator's account, without the host. */
const colleagues = ["host2", "host3", "host4", "host5"].map((name) => `${name}@example.com`);

const person = fc.record({
  kind: fc.constantFrom<Person["kind"]>("internal", "internal", "external", "phone"),
  sharesName: fc.boolean(),
  devices: fc.constantFrom<1 | 2>(1, 1, 2),
  expected: fc.boolean(),
});

const people = fc.array(person, { minLength: 1, maxLength: 7, size: "max" }).map((drawn) => {
  const used = { internal: 0, external: 0, phone: 0 };
  return drawn.flatMap(({ kind, sharesName, devices, expected }): Person[] => {
    const n = used[kind]++;
    const key = `${kind}-${n + 1}`;
    const name = sharesName ? "Meeting Room" : key;
    const email = kind === "internal" ? colleagues[n] : `${key}@elsewhere.example`;
    if (kind === "phone")
      return [{ key, kind, name: `1***555010${n}`, phoneNumber: `1555010${n}`, devices: 1, expected: false }];
    return email === undefined ? [] : [{ key, kind, name, email, devices, expected }];
  });
});

const which = fc.nat({ max: 20 });

const act = fc
  .tuple(
    fc.nat({ max: 1_200 }),
    fc.oneof(
      {
        weight: 9,
        arbitrary: fc.record({
          what: fc.constant("join" as const),
          who: which,
          toWaitingRoom: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
        }),
      },
      { weight: 5, arbitrary: fc.record({ what: fc.constant("leave" as const), which }) },
      { weight: 2, arbitrary: fc.record({ what: fc.constant("admit" as const), which }) },
      {
        weight: 1,
        arbitrary: fc.record({
          what: fc.constant("breakout" as const),
          which,
          room: fc.constantFrom("Database", "Network", null),
        }),
      },
      { weight: 1, arbitrary: fc.record({ what: fc.constant("end" as const) }) },
    ),
  )
  .map(([afterSeconds, rest]): Act => ({ afterSeconds, ...rest }));

const chance = fc.constantFrom(0, 0, 0.1, 0.3, 0.6);

const trouble: fc.Arbitrary<Trouble> = fc.record({
  seed: fc.nat(),
  lost: chance,
  doubled: chance,
  late: chance,
  lateSeconds: fc.nat({ max: 3_600 }),
});

/** Any meeting, for property tests; it shrinks to fewer people and acts. */
export const scripts = (): fc.Arbitrary<Script> =>
  fc.record({ people, acts: fc.array(act, { minLength: 1, maxLength: 40, size: "max" }), trouble });

/** The same meeting each time, for the same seed. */
export const scriptOf = (seed: number): Script => {
  const [script] = fc.sample(scripts(), { seed, numRuns: 1 });
  if (script === undefined) throw new Error(`no script of seed ${seed}`);
  return script;
};
