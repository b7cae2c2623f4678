import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { InvitationAnswer, LiveEvent, LiveState, RecordingChange } from "../../domain/liveState.ts";
import { answerSince, liveAfter, recordingChangesSince, recordingOf } from "../../domain/liveState.ts";
import type { MeetingEvent, MeetingLife } from "../../domain/meetingLife.ts";
import { lifeAfter, newLife } from "../../domain/meetingLife.ts";
import { milestonesBetween } from "../../domain/milestones.ts";

const changed = (change: RecordingChange, atMs: number, uuid = "u"): LiveEvent => ({
  type: "recording_changed",
  change,
  uuid,
  atMs,
});

const answered = (answer: InvitationAnswer, atMs: number, invitee = "contact:a"): LiveEvent => ({
  type: "invitation_answered",
  invitee,
  answer,
  atMs,
});

const after = (events: readonly MeetingEvent[], life: MeetingLife = newLife()): MeetingLife =>
  events.reduce((each, event) => lifeAfter(each, event, []), life);

const anyEvent: fc.Arbitrary<LiveEvent> = fc.oneof(
  fc.record({
    type: fc.constant("recording_changed" as const),
    change: fc.constantFrom("started", "paused", "resumed", "stopped"),
    uuid: fc.constantFrom("u", "v"),
    atMs: fc.integer({ min: 1, max: 8 }),
  }),
  fc.record({
    type: fc.constant("invitation_answered" as const),
    invitee: fc.constantFrom("contact:a", "phone:b"),
    answer: fc.constantFrom("called", "timeout", "missed", "failed", "rejected", "accepted"),
    atMs: fc.integer({ min: 1, max: 8 }),
  }),
);

const told = (events: readonly LiveEvent[]): LiveState | undefined =>
  events.reduce<LiveState | undefined>((live, event) => liveAfter(live, event), undefined);

describe("what is told of a live meeting", () => {
  test("comes to the same in whatever order and however often it is told, to the letter", () => {
    fc.assert(
      fc.property(
        fc.array(anyEvent, { maxLength: 12 }).chain((events) =>
          fc.tuple(
            fc.constant(events),
            fc.shuffledSubarray([...events, ...events], {
              minLength: events.length * 2,
              maxLength: events.length * 2,
            }),
          ),
        ),
        ([inOrder, shuffled]) => {
          expect(JSON.stringify(told(shuffled))).toBe(JSON.stringify(told(inOrder)));
        },
      ),
    );
  });

  test("is bounded, and keeps the newest", () => {
    const many = Array.from({ length: 700 }, (_, n) => [
      changed(n % 2 === 0 ? "started" : "stopped", n + 1),
      answered("accepted", n + 1, `phone:${n}`),
    ]).flat();
    const live = told(many);
    expect(live?.recording).toHaveLength(500);
    expect(live?.recording.at(-1)?.atMs).toBe(700);
    expect(Object.keys(live?.invitations ?? {})).toHaveLength(500);
    expect(live?.invitations["phone:699"]).toEqual({ accepted: 700 });
  });

  test("leaves a life as it was in all else", () => {
    const life = after([{ type: "started", uuid: "u", atMs: 1 }]);
    const { live, ...rest } = after([changed("started", 2), answered("called", 3)], life);
    expect(rest).toEqual(life);
    expect(live).toBeDefined();
  });
});

describe("the recording", () => {
  const live: MeetingEvent[] = [{ type: "started", uuid: "u", atMs: 1 }];

  test("stands as the last change says", () => {
    const states = (["started", "paused", "resumed", "stopped"] as const).map((_, index, all) =>
      recordingOf(after([...live, ...all.slice(0, index + 1).map((change, n) => changed(change, n + 10))])),
    );
    expect(states.map((each) => [each?.state, each?.sinceMs])).toEqual([
      ["on", 10],
      ["paused", 11],
      ["on", 12],
      ["off", 13],
    ]);
  });

  test("is not known when nothing was told, and of a session that is over neither", () => {
    expect(recordingOf(null)).toBeUndefined();
    expect(recordingOf(after(live))).toBeUndefined();
    const ended = after([...live, changed("started", 5), { type: "ended", uuid: "u", atMs: 9 }]);
    expect(recordingOf(ended)).toBeUndefined();
    expect(recordingOf(after([changed("started", 20, "v")], ended))?.state).toBe("on");
  });

  test("that ends the moment it is paused has ended", () => {
    expect(
      recordingOf(after([changed("stopped", 5), changed("paused", 5), changed("started", 5)]))?.state,
    ).toBe("off");
  });

  test("has changed by what is later than all that was known, not by what was merely late", () => {
    const before = after([...live, changed("stopped", 10)]);
    expect(recordingChangesSince(before, after([changed("started", 5)], before))).toEqual([]);
    const restarted = after([changed("started", 11), changed("paused", 12)], before);
    expect(recordingChangesSince(before, restarted).map(({ state }) => state)).toEqual(["paused", "on"]);
  });

  test("is on the timeline with each change once, in whatever order they are told", () => {
    const events = [
      ...live,
      changed("started", 10),
      changed("paused", 20),
      changed("resumed", 30),
      changed("started", 40, "v"),
    ];
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 }),
        (shuffled) => {
          let life = newLife();
          const ids = shuffled.flatMap((event) => {
            const next = lifeAfter(life, event, []);
            const milestones = milestonesBetween(
              life,
              next,
              { meetingId: "1", topic: "Bridge", expected: [] },
              event.atMs,
            );
            life = next;
            return milestones.filter(({ kind }) => kind.startsWith("recording")).map(({ id }) => id);
          });
          expect(ids.toSorted()).toEqual([
            "meeting-1/u/recording.paused/20",
            "meeting-1/u/recording.resumed/30",
            "meeting-1/u/recording.started/10",
            "meeting-1/v/recording.started/40",
          ]);
        },
      ),
    );
  });
});

describe("an invitation", () => {
  test("rings until somebody answers", () => {
    expect(answerSince({}, {})).toBeUndefined();
    expect(answerSince({}, { called: 5 })).toBe("called");
    expect(answerSince({}, { called: 5, rejected: 9 })).toBe("rejected");
  });

  test("is answered though Zoom dates the answer before the ringing", () => {
    expect(answerSince({}, { called: 9, accepted: 8 })).toBe("accepted");
  });

  test("is not answered by what was answered before", () => {
    expect(answerSince({ called: 1, accepted: 2 }, { called: 5, accepted: 2 })).toBe("called");
    expect(answerSince({ called: 1, accepted: 2 }, { called: 5, accepted: 2, missed: 7 })).toBe("missed");
  });

  test("has the last of several answers", () => {
    expect(answerSince({}, { rejected: 5, accepted: 9 })).toBe("accepted");
    expect(answerSince({}, { accepted: 5, missed: 9 })).toBe("missed");
  });
});
