import type { Control } from "../control.ts";
import type { Act, Person, Script, Trouble } from "./script.ts";
import type { Truth } from "./truth.ts";
import { truthOf } from "./truth.ts";

export type Connection = { userId: string; person: Person; place: "in_meeting" | "in_waiting_room" };

type Joined = { user_id: string; status: Connection["place"] };

/** A meeting in which a script is played. */
export type Stage = {
  control: Control;
  meetingId: string;
  people: Person[];
  /** The person behind each `user_id` of Zoom's. */
  whose: Map<string, Person>;
  /** Who is in the meeting or its waiting room right now. */
  inside: Connection[];
};

export type Played = { truth: Truth; whose: ReadonlyMap<string, Person> };

/** The meeting exists, and its host is licensed. The fault rules that make the trouble stay. */
export const openStage = async (
  control: Control,
  meetingId: string,
  { people, trouble }: Script,
): Promise<Stage> => {
  const rules = faultRules(trouble, meetingId);
  if (rules.length > 0) await control("/faults", rules);
  return { control, meetingId, people, whose: new Map(), inside: [] };
};

/** What happens when, since the beginning; the last is that the meeting ends. */
export const timed = ({ acts }: Script): { atMs: number; act: Act }[] => {
  let atMs = 0;
  return [...acts, { what: "end", afterSeconds: 60 } as const].map((act) => {
    atMs += act.afterSeconds * 1000;
    return { atMs, act };
  });
};

/**
 * Plays a script in a meeting, ends it, and lets late webhooks arrive: the simulator's clock is moved on, so only one
 * may play at a time.
 */
export const playMeeting = async (control: Control, meetingId: string, script: Script): Promise<Played> => {
  const stage = await openStage(control, meetingId, script);
  let nowMs = 0;
  for (const { atMs, act } of timed(script)) {
    await control("/clock", { advanceMs: atMs - nowMs });
    nowMs = atMs;
    await perform(stage, act);
  }
  await control("/clock", { advanceMs: script.trouble.lateSeconds * 1000 });
  return { truth: await truthOf(control, meetingId, stage), whose: stage.whose };
};

export const perform = async (stage: Stage, act: Act): Promise<void> => {
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
      await stage.control(`${pathOf(stage)}/end`, {});
      // Without anybody in it there was nothing to end: who waits goes on waiting.
      if (meetingIn(stage).length > 0) stage.inside = [];
      return;
  }
};

const pathOf = ({ meetingId }: Stage): string => `/meetings/${meetingId}`;

async function join(stage: Stage, person: Person | undefined, toWaitingRoom: boolean): Promise<void> {
  if (person === undefined) return;
  const devices = stage.inside.filter((connection) => connection.person === person).length;
  if (devices >= person.devices) return;
  const { user_id: userId, status } = await stage.control<Joined>(`${pathOf(stage)}/join`, {
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
  const { ended } = await stage.control<{ ended: boolean }>(`${pathOf(stage)}/leave`, body);
  stage.inside = ended ? [] : stage.inside.filter((other) => other !== connection);
}

async function admit(stage: Stage, connection: Connection | undefined): Promise<void> {
  if (connection === undefined) return;
  await stage.control(`${pathOf(stage)}/admit`, { user_id: connection.userId });
  connection.place = "in_meeting";
}

async function breakOut(
  stage: Stage,
  connection: Connection | undefined,
  room: string | null,
): Promise<void> {
  if (connection === undefined) return;
  await stage.control(`${pathOf(stage)}/breakout`, { user_id: connection.userId, room });
}

const meetingIn = ({ inside }: Stage): Connection[] => inside.filter(({ place }) => place === "in_meeting");

const waitingIn = ({ inside }: Stage): Connection[] =>
  inside.filter(({ place }) => place === "in_waiting_room");

const pick = <T>(from: T[], index: number): T | undefined => from[index % from.length];

/** The first rule that fires wins, so an event is lost, or doubled, or late. */
const faultRules = ({ seed, lost, doubled, late, lateSeconds }: Trouble, meetingId: string): object[] =>
  [
    ...(lost > 0 ? [{ kind: "dropWebhook", probability: lost, seed }] : []),
    ...(doubled > 0 ? [{ kind: "doubleWebhook", probability: doubled, seed: seed + 1 }] : []),
    ...(late > 0
      ? [{ kind: "shuffleWebhook", probability: late, seed: seed + 2, delayMs: lateSeconds * 1000 }]
      : []),
  ].map((rule) => ({ ...rule, meetingId: Number(meetingId) }));
