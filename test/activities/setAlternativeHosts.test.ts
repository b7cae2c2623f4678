import { describe, expect, test } from "@jest/globals";
import type { Json } from "../../domain/plan.ts";
import { readOf } from "./failureOf.ts";
import { startActions } from "./world.ts";

type World = Awaited<ReturnType<typeof startActions>>;

const set = (world: World, input: { [field: string]: Json }) =>
  world.perform("zoom.set_alternative_hosts", input, { step: "hosts" });

const outcomes = ({ outputs }: { outputs: { [field: string]: Json } }) =>
  Object.fromEntries(
    (outputs["people"] as { name: string; outcome: string }[]).map(({ name, outcome }) => [name, outcome]),
  );

const hosts = async (world: World) => (await world.meetings())[0]?.settings["alternative_hosts"];

const patches = async (world: World) => (await world.requests()).filter(([method]) => method === "PATCH");

const withHosts = (world: World, ...alternative_hosts: string[]) =>
  world.bridge({ host: "host1@example.com", alternative_hosts });

describe("setting alternative hosts", () => {
  test("reports person by person, and no bad one fails the others", async () => {
    await using world = await startActions();
    const meeting_id = await withHosts(world);
    const result = await set(world, {
      meeting_id,
      people: [
        { name: "Two", email: "HOST2@example.com" },
        { name: "Basic", email: "basic@example.com" },
        { name: "Stranger", email: "stranger@elsewhere.org" },
        { name: "Dee Park" },
        { name: "One", email: "host1@example.com" },
      ],
    });
    expect(outcomes(result)).toEqual({
      Two: "set",
      Basic: "no_licence",
      Stranger: "unknown",
      "Dee Park": "no_email",
      One: "is_host",
    });
    expect(await hosts(world)).toBe("host2@example.com");
    expect((await world.timeline()).at(-1)).toMatchObject({
      kind: "participants.added",
      title: `Alternative hosts of meeting ${meeting_id}: Two`,
      detail:
        "Left out: Basic has no Zoom licence; Stranger is not a user of the Zoom account; Dee Park has no email; One hosts the meeting already.",
    });
  });

  test("replaces who was there", async () => {
    await using world = await startActions();
    const meeting_id = await withHosts(world, "host2@example.com", "host3@example.com");
    const result = await set(world, { meeting_id, people: ["host3@example.com", "host4@example.com"] });
    expect(outcomes(result)).toEqual({
      "host3@example.com": "already_set",
      "host4@example.com": "set",
      "host2@example.com": "removed",
    });
    expect(await hosts(world)).toBe("host3@example.com;host4@example.com");
  });

  test("by nobody clears the list; by nobody who can be one leaves it", async () => {
    await using world = await startActions();
    const meeting_id = await withHosts(world, "host2@example.com");
    const result = await set(world, { meeting_id, people: ["basic@example.com"] });
    expect(outcomes(result)).toEqual({ "basic@example.com": "no_licence" });
    expect(await hosts(world)).toBe("host2@example.com");
    expect((await world.timeline()).at(-1)?.title).toMatch(/^None of these people can be/);
    await set(world, { meeting_id, people: [] });
    expect(await hosts(world)).toBe("");
  });

  test("adds beside who is there, and drops one who lost the licence since", async () => {
    await using world = await startActions();
    const meeting_id = await withHosts(world, "host2@example.com", "host3@example.com");
    await world.control("/settings", { users: [{ email: "host3@example.com", type: 1 }] });
    const result = await set(world, { meeting_id, people: ["host4@example.com"], mode: "add" });
    expect(outcomes(result)).toEqual({
      "host2@example.com": "already_set",
      "host3@example.com": "no_licence",
      "host4@example.com": "set",
    });
    expect(await hosts(world)).toBe("host2@example.com;host4@example.com");
  });

  test("removes, and says who was not there", async () => {
    await using world = await startActions();
    const meeting_id = await withHosts(world, "host2@example.com", "host3@example.com");
    const people = ["Host2@example.com", "host4@example.com", { name: "Dee Park" }];
    const result = await set(world, { meeting_id, people, mode: "remove" });
    expect(outcomes(result)).toEqual({
      "Host2@example.com": "removed",
      "host4@example.com": "not_there",
      "Dee Park": "no_email",
    });
    expect(await hosts(world)).toBe("host3@example.com");
  });

  test("removes one even when another who stays has lost the licence", async () => {
    await using world = await startActions();
    const meeting_id = await withHosts(world, "host2@example.com", "host3@example.com");
    await world.control("/settings", { users: [{ email: "host3@example.com", type: 1 }] });
    const result = await set(world, { meeting_id, people: ["host2@example.com"], mode: "remove" });
    expect(outcomes(result)).toEqual({ "host2@example.com": "removed", "host3@example.com": "refused" });
    expect(await hosts(world)).toBe("");
  });

  test("of whom Zoom refuses one that is licensed sets the others", async () => {
    await using world = await startActions();
    const meeting_id = await withHosts(world);
    await world.control("/settings", { refusedAlternativeHosts: ["host3@example.com"] });
    const people = ["host2@example.com", "host3@example.com", "host4@example.com"];
    const result = await set(world, { meeting_id, people });
    expect(outcomes(result)).toEqual({
      "host2@example.com": "set",
      "host3@example.com": "refused",
      "host4@example.com": "set",
    });
    expect(await hosts(world)).toBe("host2@example.com;host4@example.com");
  });

  test("that are set already asks for no change", async () => {
    await using world = await startActions();
    const meeting_id = await withHosts(world, "host2@example.com");
    await set(world, { meeting_id, people: ["host2@example.com"], mode: "add" });
    expect(await patches(world)).toEqual([]);
  });

  test("names the scope that looking people up needs", async () => {
    await using world = await startActions();
    const meeting_id = await withHosts(world);
    await world.control("/settings", {
      scopes: ["meeting:read:meeting:admin", "meeting:update:meeting:admin"],
    });
    await world.control("/faults", { kind: "expiredToken", path: "/meetings/", times: 1 });
    expect(await readOf(set(world, { meeting_id, people: ["host2@example.com"] }))).toMatchObject({
      code: "missing_scope",
      scopes: expect.arrayContaining(["user:read:user:admin"]),
    });
  });
});
