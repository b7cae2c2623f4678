import { ApplicationFailure } from "@temporalio/common";
import { describe, expect, test } from "@jest/globals";
import { hourMs, startFollowUps } from "./followUpWorld.ts";
import { until } from "./world.ts";

type World = Awaited<ReturnType<typeof startFollowUps>>;

const kinds = ({ events }: World): string[] => events.map(({ kind }) => kind);

const happens = (world: World, kind: string, times = 1): Promise<void> =>
  until(kind, () => kinds(world).filter((each) => each === kind).length === times);

const minutesBefore = ({ events }: World, startsAtMs: number): number[] =>
  events
    .filter(({ kind }) => kind === "reminded")
    .map(({ atMs }) => Math.round((startsAtMs - atMs) / 60_000));

describe("a follow-up", () => {
  test("reminds people hours later, each time that was asked for, and sees that the meeting is followed", async () => {
    await using world = await startFollowUps("follow-up reminded", { remindBeforeMs: [900_000, hourMs] });
    await world.resolve();
    const made = await world.schedule();
    await world.sleep(22 * hourMs);
    expect(world.events).toEqual([]);
    await world.followUp(made).result();
    expect(minutesBefore(world, made.startsAtMs)).toEqual([60, 15]);
    expect(await world.isFollowed(made)).toBe(true);
    await until("news of the end", async () => (await world.memory()).followUps?.length === 0);
  });

  test("has no reminder that would have been due before it was scheduled", async () => {
    await using world = await startFollowUps("late", { offsetMs: hourMs / 2, remindBeforeMs: [hourMs] });
    await world.resolve();
    const made = await world.schedule();
    await world.followUp(made).result();
    expect(world.events).toEqual([]);
  });

  test("moves with the resolution, and its reminder with it", async () => {
    await using world = await startFollowUps("follow-up moved");
    await world.resolve();
    const made = await world.schedule();
    const { resolved_at, updated_at } = world.incident();
    const later = (iso: string | null) => new Date(Date.parse(iso ?? "") + 3 * hourMs).toISOString();
    // Reopened and resolved again before the follow-up's workflow had a turn: it hears of the latter only.
    const incident = { ...world.incident(), resolved_at: later(resolved_at), updated_at: later(updated_at) };
    await world.followUp(made).signal("facts", { ...(await world.memory()).facts, incident });
    await happens(world, "moved");
    await world.followUp(made).result();
    expect(kinds(world)).toEqual(["moved", "reminded"]);
    expect(minutesBefore(world, made.startsAtMs + 3 * hourMs)).toEqual([15]);
  });

  test("is withdrawn when the incident reopens, and nobody is reminded of it", async () => {
    await using world = await startFollowUps("follow-up withdrawn");
    await world.resolve();
    const made = await world.schedule();
    await world.reopen();
    await happens(world, "withdrawn");
    await world.sleep(72 * hourMs);
    expect(kinds(world)).toEqual(["withdrawn"]);
    expect(await world.isRunning(made)).toBe(true);
  });

  test.each(["cached", "evicted"])(
    "comes back as another meeting when it is resolved again, with a reminder of its own (%s)",
    async (cache) => {
      await using world = await startFollowUps(`follow-up anew ${cache}`, { evict: cache === "evicted" });
      await world.resolve();
      const first = await world.schedule();
      await world.reopen();
      await happens(world, "withdrawn");
      await world.sleep(5 * hourMs);
      const { resolved_at } = await world.resolve();
      await happens(world, "scheduled");
      const second = world.meetings.at(-1)!.made;
      expect(second.resolvedAt).toBe(resolved_at);
      await until("its memory", async () => (await world.memory()).followUps?.[0] === second.meetingId);
      expect((await world.memory()).followUps).toEqual([second.meetingId]);
      expect(await world.isFollowed(second)).toBe(true);

      await world.followUp(second).result();
      expect(kinds(world)).toEqual(["withdrawn", "scheduled", "reminded"]);
      expect(minutesBefore(world, second.startsAtMs)).toEqual([15]);
      expect(await world.isRunning(first)).toBe(false);
    },
  );

  test("is withdrawn and comes back as often as the incident changes its mind, never twice at a time", async () => {
    await using world = await startFollowUps("fickle");
    await world.resolve();
    await world.schedule();
    for (let n = 1; n <= 3; n += 1) {
      await world.reopen();
      await happens(world, "withdrawn", n);
      await world.resolve();
      await happens(world, "scheduled", n);
      expect(world.meetings.filter(({ isThere }) => isThere)).toHaveLength(1);
    }
    const last = world.meetings.at(-1)!.made;
    await until("its memory", async () => (await world.memory()).followUps?.[0] === last.meetingId);
    const running = await Promise.all(world.meetings.map(({ made }) => world.isRunning(made)));
    expect(running).toEqual([false, false, false, true]);
  });

  test("ends up as the incident does, however quickly it changes its mind", async () => {
    await using world = await startFollowUps("flapping");
    await world.resolve();
    await world.schedule();
    for (let n = 0; n < 5; n += 1) {
      await world.reopen();
      await world.resolve();
    }
    const { resolved_at } = world.incident();
    const isRight = () => {
      const [only, ...others] = world.meetings.filter(({ isThere }) => isThere);
      return others.length === 0 && only?.made.resolvedAt === resolved_at;
    };
    await until("one meeting for the last resolution", isRight);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(isRight()).toBe(true);
  });

  test("hears of a reopening also after the incident's workflow has closed and begun anew", async () => {
    await using world = await startFollowUps("recalled", { offsetMs: 30 * 24 * hourMs });
    await world.resolve();
    const made = await world.schedule();
    await world.sleep(8 * 24 * hourMs);
    await until("its end", async () => (await world.handle.describe()).status.name === "COMPLETED");
    expect(await world.isRunning(made)).toBe(true);

    await world.restart();
    await world.reopen();
    await happens(world, "withdrawn");
  });

  test("hears as well of a run that reopens and resolves the incident", async () => {
    await using world = await startFollowUps("by a run");
    await world.resolve();
    await world.schedule();
    await world.changeByRun({ status: "investigating" });
    await happens(world, "withdrawn");
    await world.changeByRun({ status: "closed" });
    await happens(world, "scheduled");
  });

  test("takes the time of another run of its runbook", async () => {
    await using world = await startFollowUps("rescheduled");
    await world.resolve();
    const made = await world.schedule();
    const moved = { ...made, startsAtMs: made.startsAtMs + 48 * hourMs, remindBeforeMs: [2 * hourMs] };
    await world.schedule(moved);
    await world.followUp(made).result();
    expect(minutesBefore(world, moved.startsAtMs)).toEqual([120]);
    expect(kinds(world)).toEqual(["reminded"]);
  });

  test("that cannot be cancelled says so with what to do, and is tried again", async () => {
    await using world = await startFollowUps("refused", { offsetMs: 100 * hourMs });
    await world.resolve();
    const made = await world.schedule();
    world.failures.push(
      ApplicationFailure.create({ type: "missing_scope", message: "The app may not.", nonRetryable: true }),
    );
    await world.reopen();
    await until("the failure", () => world.timeline.length === 1);
    expect(world.timeline[0]).toMatchObject({
      kind: "step.failed",
      title: "Could not cancel Review",
      detail: expect.stringMatching(
        /^The app may not\. Add one of the named scopes.* delete meeting 85000000001 in Zoom\.$/,
      ),
    });
    await world.sleep(2 * hourMs);
    await happens(world, "withdrawn");
    expect(await world.isRunning(made)).toBe(true);
  });

  test("that somebody deleted in Zoom is let go without a reminder", async () => {
    await using world = await startFollowUps("deleted", { remindBeforeMs: [hourMs, 900_000] });
    await world.resolve();
    const made = await world.schedule();
    world.meetings[0]!.isThere = false;
    await world.followUp(made).result();
    expect(world.events).toEqual([]);
    expect(await world.now()).toBeLessThan(made.startsAtMs);
  });

  test("that somebody moved in Zoom is found to be elsewhere, though nobody is to be reminded of it", async () => {
    await using world = await startFollowUps("moved by hand", { remindBeforeMs: [] });
    await world.resolve();
    const made = await world.schedule();
    world.meetings[0]!.movedToMs = made.startsAtMs + 3 * hourMs;
    await world.followUp(made).result();
    expect(await world.now()).toBeGreaterThanOrEqual(made.startsAtMs + 3 * hourMs);
  });

  test("that somebody moved in Zoom to an earlier time is reminded of and held then", async () => {
    await using world = await startFollowUps("moved earlier by hand");
    await world.resolve();
    const made = await world.schedule();
    const earlierMs = made.startsAtMs - 12 * hourMs;
    world.meetings[0]!.movedToMs = earlierMs;
    await world.followUp(made).result();
    expect(minutesBefore(world, earlierMs)).toEqual([15]);
    expect(await world.now()).toBeLessThan(made.startsAtMs);
  });

  test("that has taken place stays as it is when the incident reopens", async () => {
    await using world = await startFollowUps("held");
    await world.resolve();
    const made = await world.schedule();
    await world.followUp(made).result();
    await world.reopen();
    await world.resolve();
    await world.sleep(hourMs);
    expect(kinds(world)).toEqual(["reminded"]);
  });

  test("is not woken by changes of the incident that do not concern it", async () => {
    await using world = await startFollowUps("undisturbed");
    await world.resolve();
    const made = await world.schedule();
    await world.change({ title: "Another title" });
    await world.change({ status: "closed" });
    const { events } = await world.followUp(made).fetchHistory();
    expect(events?.filter((event) => event.workflowExecutionSignaledEventAttributes)).toEqual([]);
  });
});
