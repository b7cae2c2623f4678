import { expect, test } from "@jest/globals";
import { incidentOf, meetingOf, movement, onBothDatabases } from "./support.ts";

onBothDatabases((opened) => {
  test("what is kept of an incident's people is replaced only while it is what was read", async () => {
    const { store, other } = opened();
    await store.incidents.save(incidentOf("one", { status: "closed" }), []);
    await store.meetings.save(meetingOf("m", "one"));
    await store.meetings.addMovements("m", [movement("joined", 1, "k", { email: "ana@example.com" })]);
    const record = async (place: string) =>
      (await store.people.records("one")).find((each) => each.place === place)!;

    const [moved, incident] = [await record("meeting_movements"), await record("incidents")];
    await other.incidents.save(incidentOf("one", { status: "closed", title: "Another" }), []);
    expect(await incident.replace({ ...incident.doc, title: "Mine" })).toBe(false);
    expect(await moved.replace({ name: "Person 0a0a0a" })).toBe(true);
    expect(await moved.replace({ name: "Person 0b0b0b" })).toBe(false);
    expect((await record("meeting_movements")).doc).toEqual({ name: "Person 0a0a0a" });
    expect((await record("incidents")).doc).toMatchObject({ title: "Another" });
  });

  test("incidents are due once they are over and quiet for so long, and once for each event that comes later", async () => {
    const { store } = opened();
    const now = new Date().toISOString();
    await store.incidents.save(incidentOf("over", { status: "closed" }), []);
    await store.incidents.save(incidentOf("just now", { status: "closed", updated_at: now }), []);
    await store.incidents.save(incidentOf("open"), []);
    expect(await store.people.overdue(1000)).toEqual([{ id: "over", lastSeq: 0 }]);
    await store.people.forgotten("over", 0);
    expect(await store.people.overdue(1000)).toEqual([]);
    expect(await store.people.incidentsWith("nobody@example.com")).toEqual([]);
    expect(await store.people.elsewhere("nobody@example.com")).toEqual([]);
  });
});
