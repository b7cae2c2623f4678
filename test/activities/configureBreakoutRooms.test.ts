import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { mostPreassigned, roomsByTeam } from "../../activities/breakoutRooms.ts";
import type { Json } from "../../domain/plan.ts";
import { readOf } from "./failureOf.ts";
import { startActions } from "./world.ts";

type World = Awaited<ReturnType<typeof startActions>>;

const configure = (world: World, input: { [field: string]: Json }) =>
  world.perform("zoom.configure_breakout_rooms", input, { step: "rooms" });

const kept = async (world: World) => (await world.meetings())[0]?.settings["breakout_room"];

describe("configuring breakout rooms", () => {
  test("puts people where they are named, and says of each where that is", async () => {
    await using world = await startActions();
    const meeting_id = await world.bridge();
    const { outputs } = await configure(world, {
      meeting_id,
      rooms: [
        { name: "Database", people: [{ name: "Ana", email: "ana@example.com" }, { name: "Dee Park" }] },
        { name: "Network", people: ["bo@example.com", { name: "Ana", email: "ANA@example.com" }] },
        { name: "Quiet" },
      ],
    });
    expect(outputs["people"]).toEqual([
      { name: "Ana", email: "ana@example.com", room: "Database", outcome: "assigned" },
      { name: "Dee Park", email: null, room: null, outcome: "no_email" },
      { name: "bo@example.com", email: "bo@example.com", room: "Network", outcome: "assigned" },
      { name: "Ana", email: "ANA@example.com", room: null, outcome: "in_another_room" },
    ]);
    expect(await kept(world)).toEqual({
      enable: true,
      rooms: [
        { name: "Database", participants: ["ana@example.com"] },
        { name: "Network", participants: ["bo@example.com"] },
        { name: "Quiet", participants: [] },
      ],
    });
    expect((await world.timeline()).at(-1)).toMatchObject({
      kind: "meeting.updated",
      title: expect.stringMatching(/^Breakout rooms of A call .*: Database, Network, Quiet$/),
      detail: expect.stringContaining(
        "Left in the main room: Dee Park (no email), Ana (in another room already).",
      ),
    });
  });

  test("makes a room for each team of the responders", async () => {
    await using world = await startActions();
    const meeting_id = await world.bridge();
    const responders = [
      { name: "Ana", email: "ana@example.com", team: "Payments" },
      { name: "Bo", email: "bo@example.com", team: "payments" },
      { name: "Cy", email: "cy@example.com", phone: "+1", team: "Network" },
      { name: "Dee", email: "dee@example.com" },
      { name: "Eve", team: "Storage" },
    ];
    const { outputs } = await configure(world, { meeting_id, people: [responders] });
    expect(outputs["rooms"]).toEqual([
      { name: "Payments", people: 2 },
      { name: "Network", people: 1 },
    ]);
    expect((outputs["people"] as { outcome: string }[]).map(({ outcome }) => outcome)).toEqual([
      "assigned",
      "assigned",
      "assigned",
      "no_team",
      "no_email",
    ]);
  });

  test("of a call that is live says that only its host can", async () => {
    await using world = await startActions();
    const meeting_id = await world.bridge();
    await world.control(`/meetings/${meeting_id}/join`, { name: "Ana" });
    const failed = await readOf(configure(world, { meeting_id, rooms: [{ name: "Database" }] }));
    expect(failed).toMatchObject({
      code: "invalid_input",
      field: "meeting_id",
      message: expect.stringContaining("only before a call starts"),
      advice: expect.stringContaining("Let the host assign rooms"),
    });
    expect(await kept(world)).toEqual({ enable: false });
  });

  test("where the account has them switched off says so", async () => {
    await using world = await startActions();
    const meeting_id = await world.bridge();
    await world.control("/settings", { lockedSettings: { breakout_room: { enable: false } } });
    const { outputs } = await configure(world, {
      meeting_id,
      rooms: [{ name: "Database", people: ["ana@example.com"] }],
    });
    expect(outputs["people"]).toMatchObject([{ room: null, outcome: "refused" }]);
    const events = await world.timeline();
    expect(events.slice(-2)).toMatchObject([
      { title: expect.stringMatching(/^Zoom set up no breakout rooms/) },
      {
        kind: "meeting.settings_differ",
        title: expect.stringContaining("breakout_rooms is false, not true"),
      },
    ]);
  });

  test.each([
    ["rooms", { rooms: [] }],
    ["rooms", {}],
    ["rooms", { rooms: [{ name: "A" }], people: ["ana@example.com"] }],
    ["rooms", { rooms: Array.from({ length: 101 }, (_, n) => ({ name: `Room ${n}` })) }],
    ["people", { people: [{ name: "Dee", email: "dee@example.com" }] }],
    [
      "rooms",
      {
        rooms: [
          { name: "A", people: Array.from({ length: mostPreassigned + 1 }, (_, n) => `p${n}@example.com`) },
        ],
      },
    ],
  ])("that cannot be names %s", async (field, input: { [field: string]: Json }) => {
    await using world = await startActions();
    const meeting_id = await world.bridge();
    expect(await readOf(configure(world, { meeting_id, ...input }))).toMatchObject({
      code: "invalid_input",
      field,
    });
  });
});

const person = fc.record({
  name: fc.option(fc.string({ minLength: 1, maxLength: 5 }), { nil: undefined }),
  email: fc.option(
    fc.nat(20).map((n) => `p${n}@example.com`),
    { nil: undefined },
  ),
  team: fc.option(fc.constantFrom("A", "a", "B", "C".repeat(40)), { nil: undefined }),
});

test("whoever the people are, each is told of once and nobody is in two rooms", () => {
  fc.assert(
    fc.property(fc.array(person, { maxLength: 30 }), (people) => {
      const { rooms, placements } = roomsByTeam(people);
      expect(placements).toHaveLength(people.length);
      const emails = rooms.flatMap(({ participants }) => participants);
      expect(new Set(emails).size).toBe(emails.length);
      expect(placements.filter(({ outcome }) => outcome === "assigned")).toHaveLength(emails.length);
      expect(rooms.every(({ name, participants }) => name.length <= 32 && participants.length > 0)).toBe(
        true,
      );
      const names = rooms.map(({ name }) => name.toLowerCase());
      expect(new Set(names).size).toBe(names.length);
    }),
  );
});
