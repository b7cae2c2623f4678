import { expect, test } from "@jest/globals";
import type { FollowUp } from "../../domain/followUp.ts";
import { eventOf, incidentOf, onBothDatabases } from "./support.ts";

const followUpOf = (meeting_id: string, more: Partial<FollowUp> = {}): FollowUp => ({
  meeting_id,
  incident_id: "a",
  runbook: "follow-up",
  step: "review",
  n: 1,
  state: "ahead",
  resolved_at: "2030-03-01T10:00:00.000Z",
  start_time: "2030-03-04T09:00:00Z",
  duration_minutes: 45,
  remind_before_ms: [900_000],
  calendar_uid: "uid",
  calendar_sequence: 0,
  calendar_token: "token",
  changed_at: "2030-03-01T10:00:05.000Z",
  request: {
    incidentId: "a",
    executionId: "runbook-a-follow-up-1",
    runbook: "follow-up",
    step: "review",
    title: "Schedule the review",
    round: 1,
    input: { topic: "Review \u0000 'x' 💥" },
  },
  ...more,
});

onBothDatabases((opened) => {
  test("a follow-up is saved with its events, each once, and as it stands last", async () => {
    const { store, other } = opened();
    await store.incidents.declare(incidentOf("a"));
    const followUp = followUpOf("85");
    expect(await store.followUps.save(followUp, [eventOf("one")])).toHaveLength(1);
    expect(await store.followUps.save({ ...followUp, state: "withdrawn" }, [eventOf("one")])).toEqual([]);
    const found = await other.followUps.get("85");
    expect(found).toMatchObject({ state: "withdrawn", calendar_token: "token" });
    expect(found?.request.input).toEqual({ topic: "Review \uFFFD 'x' 💥" });
    expect(await store.followUps.get("86")).toBeUndefined();
  });

  test("an event that cannot be kept keeps the follow-up from being saved", async () => {
    const { store } = opened();
    await store.incidents.declare(incidentOf("a"));
    const { id: _id, ...nameless } = eventOf("one");
    await expect(store.followUps.save(followUpOf("85"), [nameless as never])).rejects.toThrow();
    expect(await store.followUps.get("85")).toBeUndefined();
  });

  test("of each step of an incident the latest one is listed", async () => {
    const { store } = opened();
    for (const id of ["a", "b"]) await store.incidents.declare(incidentOf(id));
    await store.followUps.save(followUpOf("1"));
    await store.followUps.save(followUpOf("2", { n: 2 }));
    await store.followUps.save(followUpOf("3", { n: 10 }));
    await store.followUps.save(followUpOf("4", { step: "other" }));
    await store.followUps.save(followUpOf("5", { incident_id: "b", n: 11 }));
    const latest = await store.followUps.latest("a");
    expect(latest.map(({ meeting_id }) => meeting_id).toSorted()).toEqual(["3", "4"]);
  });

  test("the entry in people's calendars is that of the latest meeting which took it over", async () => {
    const { store } = opened();
    await store.incidents.declare(incidentOf("a"));
    await store.followUps.save(followUpOf("1", { state: "withdrawn" }));
    await store.followUps.save(followUpOf("2", { n: 2, state: "gone" }));
    await store.followUps.save(followUpOf("3", { n: 3, calendar_uid: "another" }));
    await store.followUps.save(followUpOf("4", { step: "other", calendar_uid: "a third" }));
    const current = ["1", "2", "3", "4", "5"].map(
      async (id) => (await store.followUps.current(id))?.meeting_id,
    );
    expect(await Promise.all(current)).toEqual(["2", "2", "3", "4", undefined]);
  });

  test("a step has no two follow-ups with one number", async () => {
    const { store } = opened();
    await store.incidents.declare(incidentOf("a"));
    await store.followUps.save(followUpOf("1"));
    await expect(store.followUps.save(followUpOf("2"))).rejects.toThrow();
  });

  test("an incident that is not there has none", async () => {
    const { store } = opened();
    await expect(store.followUps.save(followUpOf("1"))).rejects.toMatchObject({ code: "incident_unknown" });
    expect(await store.followUps.latest("a")).toEqual([]);
  });
});
