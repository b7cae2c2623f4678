import { takeAttendance } from "../../activities/attendance.ts";
import { attendanceOf, staysFrom } from "../../domain/attendance.ts";
import { declaredIncident } from "../../domain/incident.ts";
import { lifeAfter } from "../../domain/meetingLife.ts";
import type { Movement } from "../../domain/movements.ts";
import { callView } from "../../domain/movements.ts";
import type { Store } from "../../store/index.ts";
import { benchIncident } from "./side.ts";
import type { Stack } from "./stack.ts";
import { median } from "./statistics.ts";

export type MergeFigures = {
  rows: number;
  people: number;
  /** Medians: rows into people; the same with the reading, as attendance of a call has it that Zoom does not list. */
  mergeMs: number;
  attendanceMs: number;
  /** Who is there now, read and counted, as the incident shows it. */
  viewMs: number;
};

const people = 1000;
const stays = 5;
const runs = 9;

const meetingId = "80000000000";
const uuid = "merged";

/** Each of a thousand people comes five times and leaves four times, told in no order; the last time they wait to be let in. */
const rows = (startMs: number): Movement[] =>
  Array.from({ length: people * stays }, (_, n): Movement[] => {
    const [who, stay] = [n % people, Math.floor(n / people)];
    const joinMs = startMs + stay * 600_000 + ((who * 7919) % 300) * 1000;
    const person = {
      key: `${who}-${stay}`,
      name: `Person ${who}`,
      ...(who % 2 === 0 && { email: `person${who}@example.com`, userId: `user-${who}` }),
    };
    const other: Movement =
      stay < stays - 1
        ? { type: "left", uuid, atMs: joinMs + 240_000, person }
        : { type: "waiting", uuid, atMs: joinMs - 60_000, person };
    return [other, { type: "joined", uuid, atMs: joinMs, person }];
  }).flat();

const millisecondsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const took: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const startedMs = performance.now();
    await work();
    took.push(performance.now() - startedMs);
  }
  return median(took);
};

const saveMeeting = async (store: Store, startMs: number): Promise<void> => {
  const created_at = new Date(startMs).toISOString();
  const incident = declaredIncident({ title: "Merged", severity: "1" }, "bench-merge", created_at);
  await store.incidents.declare(incident);
  await store.meetings.save({
    meeting_id: meetingId,
    incident_id: incident.id,
    execution_id: "none",
    step: "bridge",
    purpose: "bridge",
    topic: "Merged",
    join_url: "https://zoom.test/j/80000000000",
    host: "host1@example.com",
    marker: "none",
    created_at,
  });
};

/** What attendance costs of ten thousand joins and leaves, through what the product itself runs. */
export const runMerge = async ({ store, account }: Stack): Promise<MergeFigures> => {
  const startedAtMs = Date.parse("2026-11-23T10:00:00Z");
  const nowMs = startedAtMs + 3_600_000;
  const { owner, responders } = benchIncident("bench-merge");
  const expected = [owner, ...responders];
  const movements = rows(startedAtMs);
  await saveMeeting(store, startedAtMs);
  const { life } = await store.meetings.changeLife(meetingId, (before) => ({
    life: lifeAfter(before, { type: "started", uuid, atMs: startedAtMs }, expected),
  }));
  await store.meetings.addMovements(meetingId, movements);
  const attendance = () =>
    takeAttendance({
      zoom: account.client,
      store,
      meetingId,
      kind: "meeting",
      sessions: [{ uuid, startedAtMs }],
      expected,
      nowMs,
    });
  const { attendees } = await attendance();
  if (attendees.length !== people) throw new Error(`${attendees.length} people were merged, not ${people}`);
  return {
    rows: movements.length,
    people,
    mergeMs: await millisecondsOf(async () =>
      attendanceOf(staysFrom(movements, nowMs), { startMs: startedAtMs, endMs: nowMs, expected }),
    ),
    attendanceMs: await millisecondsOf(attendance),
    viewMs: await millisecondsOf(async () =>
      callView(await store.meetings.movementsNow(meetingId, life), expected),
    ),
  };
};
