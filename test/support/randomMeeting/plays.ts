import type { HttpClient } from "../../../client/http.ts";
import type { Control } from "../control.ts";
import { seededRandom } from "../seededRandom.ts";
import { until } from "../until.ts";
import type { Known } from "./expected.ts";
import type { Stage } from "./play.ts";
import { openStage, timed } from "./play.ts";
import type { Act, Person, Script, Trouble } from "./script.ts";
import { noTrouble, scriptOf } from "./script.ts";

/** What happens to the webhooks of one meeting after another. */
const troubles: Record<string, (own: Trouble) => Trouble> = {
  none: () => noTrouble,
  "all lost": () => ({ ...noTrouble, lost: 1 }),
  "all doubled": ({ seed: own }) => ({ ...noTrouble, seed: own, doubled: 1 }),
  "all shuffled": ({ seed: own }) => ({ ...noTrouble, seed: own, late: 1, lateSeconds: 3600 }),
  mixed: (own) => own,
  "mixed again": (own) => ({ ...own, lost: 0.4, doubled: 0.3, late: 0.5, lateSeconds: 1800 }),
};

/** A script that is played in the bridge of an incident. */
export type Play = {
  trouble: string;
  script: Script;
  incidentId: string;
  meetingId: string;
  /** What the incident knows of those who are expected. */
  expected: Known[];
  stage: Stage;
};

/** Most are expected. Somebody else's name may be anybody's, but one who is expected is told from all others. */
const expecting = (people: Person[], random: () => number): Person[] =>
  people.map((person) =>
    person.kind !== "phone" && random() < 0.7
      ? { ...person, expected: true, name: `Person ${person.key}` }
      : { ...person, expected: false },
  );

/** Some calls are as busy as others are long. */
const hurried = (acts: Act[], random: () => number): Act[] => {
  const factor = [1, 1, 0.1, 0.01][Math.floor(random() * 4)]!;
  return acts.map((act) => ({ ...act, afterSeconds: Math.round(act.afterSeconds * factor) }));
};

/** What an incident knows of somebody is not what Zoom shows of them. */
const knownAs = ({ kind, name, email = "" }: Person, random: () => number): Known => {
  const choices: Known[] = [
    { name, email },
    { name: name.toUpperCase(), email: email.toUpperCase() },
    kind === "internal" ? { name: `Nick ${name}`, email } : { name },
    { email },
  ];
  return choices[Math.floor(random() * choices.length)]!;
};

export type Drawn = Pick<Play, "trouble" | "script" | "expected" | "incidentId">;

/** The same for the same seed; one after another they have every trouble there is. */
export const draw = (seed: number, index: number): Drawn => {
  const random = seededRandom(seed + index);
  const { people, acts, trouble: own } = scriptOf(seed + index);
  const [trouble, troubleOf] = Object.entries(troubles)[index % Object.keys(troubles).length]!;
  const script = {
    people: expecting(people, random),
    acts: hurried(acts, random),
    trouble: troubleOf(own),
  };
  const expected = script.people.filter((each) => each.expected).map((each) => knownAs(each, random));
  return { trouble, script, expected, incidentId: `random-${seed}-${index}` };
};

/** Declares its incident, and waits for the bridge. */
export const declare = async (api: HttpClient, control: Control, drawn: Drawn): Promise<Play> => {
  const { incidentId, expected, script } = drawn;
  await api.declareIncident({
    id: incidentId,
    short_id: incidentId,
    title: "Checkout is down",
    severity: "SEV1",
    responders: expected,
  });
  const bridge = async () => (await api.incident(incidentId)).meetings[0]?.meeting_id;
  const meetingId = await until(`the bridge of ${incidentId}`, bridge);
  return { ...drawn, meetingId, stage: await openStage(control, meetingId, script) };
};

/** Every act of every meeting, in the order in which they happen. */
export const actsOf = <P extends Play>(plays: readonly P[], beginsAfterMs: (play: P) => number) =>
  plays
    .flatMap((play) =>
      timed(play.script).map(({ atMs, act }) => ({ play, act, atMs: beginsAfterMs(play) + atMs })),
    )
    .toSorted((a, b) => a.atMs - b.atMs);

/** Nothing of it is late or lost. */
export const arrivesAtOnce = ({ trouble }: Pick<Play, "trouble">): boolean =>
  trouble === "none" || trouble === "all doubled";
