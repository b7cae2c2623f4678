import type { Control } from "../control.ts";
import type { Act, Person, Script, Trouble } from "./script.ts";
import type { Truth } from "./truth.ts";
import { truthOf } from "./truth.ts";

type Connection = { userId: string; person: Person; place: "in_meeting" | "in_waiting_room" };

type Joined = { user_id: string; status: Connection["place"] };

type Stage = {
  control: Control;
  meeting: string;
  people: Person[];
  whose: Map<string, Person>;
  inside: Connection[];
};

export type Played = {
  truth: Truth;
  /** The person behind each `user_id` of Zoom's. */
  whose: ReadonlyMap<string, Person>;
};

/**
 * Plays a script in a meeting that exists and whose host is licensed, ends it, and lets late webhooks arrive: the
 * simulator's clock is moved on. The fault rules that make the trouble stay. Only one may play at a time.
 */
export const playMeeting = async (control: Control, meetingId: string, script: Script): Promise<Played> => {
  const { people, acts, trouble } = script;
  const rules = faultRules(trouble);
  if (rules.length > 0) await control("/faults", rules);
  const stage: Stage = {
    control,
    meeting: `/meetings/${meetingId}`,
    people,
    whose: new Map(),
    inside: [],
  };
  for (const act of [...acts, { what: "end", afterSeconds: 60 } as const]) {
    await control("/clock", { advanceMs: act.afterSeconds * 1000 });
    await perform(stage, act);
  }
  await control("/clock", { advanceMs: trouble.lateSeconds * 1000 });
  return { truth: await truthOf(control, meetingId, { people, whose: stage.whose }), whose: stage.whose };
};

async function perform(stage: Stage, act: Act): Promise<void> {
  switch (act.what) {
    case "join":
      return join(stage, pick(stage.people, act.who), act.toWaitingRoom);
    case "leave":
      return leave(stage, pick(stage.inside, act.which));
    case "admit":
      return admit(stage, pick(waitingIn(stage), act.which));
    case "breakout":
      return breakOut(stage, pick(meetingIn(stage), act.which), act.room);
    case "end":
      await stage.control(`${stage.meeting}/end`, {});
      // Without anybody in it there was nothing to end: who waits goes on waiting.
      if (meetingIn(stage).length > 0) stage.inside = [];
      return;
  }
}

async function join(stage: Stage, person: Person | undefined, toWaitingRoom: boolean): Promise<void> {
  if (person === undefined) return;
  const devices = stage.inside.filter((connection) => connection.person === person).length;
  if (devices >= person.devices) return;
  const { user_id: userId, status } = await stage.control<Joined>(`${stage.meeting}/join`, {
    name: person.name,
    waiting_room: toWaitingRoom,
    ...(person.email !== undefined && { email: person.email }),
    ...(person.phoneNumber !== undefined && { phone_number: person.phoneNumber }),
  });
  stage.whose.set(userId, person);
  stage.inside.push({ userId, person, place: status });
}

/** With the last one out of it the meeting ends, for those who wait, too. */
async function leave(stage: Stage, connection: Connection | undefined): Promise<void> {
  if (connection === undefined) return;
  const body = { user_id: connection.userId };
  const { ended } = await stage.control<{ ended: boolean }>(`${stage.meeting}/leave`, body);
  stage.inside = ended ? [] : stage.inside.filter((other) => other !== connection);
}

async function admit(stage: Stage, connection: Connection | undefined): Promise<void> {
  if (connection === undefined) return;
  await stage.control(`${stage.meeting}/admit`, { user_id: connection.userId });
  connection.place = "in_meeting";
}

async function breakOut(
  stage: Stage,
  connection: Connection | undefined,
  room: string | null,
): Promise<void> {
  if (connection === undefined) return;
  await stage.control(`${stage.meeting}/breakout`, { user_id: connection.userId, room });
}

const meetingIn = ({ inside }: Stage): Connection[] => inside.filter(({ place }) => place === "in_meeting");

const waitingIn = ({ inside }: Stage): Connection[] =>
  inside.filter(({ place }) => place === "in_waiting_room");

const pick = <T>(from: T[], index: number): T | undefined => from[index % from.length];

/** The first rule that fires wins, so an event is lost, or doubled, or late. */
const faultRules = ({ seed, lost, doubled, late, lateSeconds }: Trouble): object[] => [
  ...(lost > 0 ? [{ kind: "dropWebhook", probability: lost, seed }] : []),
  ...(doubled > 0 ? [{ kind: "doubleWebhook", probability: doubled, seed: seed + 1 }] : []),
  ...(late > 0
    ? [{ kind: "shuffleWebhook", probability: late, seed: seed + 2, delayMs: lateSeconds * 1000 }]
    : []),
];
