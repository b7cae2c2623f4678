import { describe, expect, test } from "@jest/globals";
import type { Json } from "../../domain/plan.ts";
import { failureOf } from "./failureOf.ts";
import { startLive } from "./liveWorld.ts";
import { startActions } from "./world.ts";

type Given = { [field: string]: Json };
type World = Awaited<ReturnType<typeof startActions>>;

const add = (
  world: World,
  meeting_id: string,
  input: Given,
  more: { step?: string; attempt?: number } = {},
) => world.perform("zoom.add_participants", { meeting_id, ...input }, { step: "add", ...more });

const remove = (world: World, meeting_id: string, input: Given, step = "remove") =>
  world.perform("zoom.remove_participants", { meeting_id, ...input }, { step });

const outcomes = ({ outputs }: { outputs: Given }) =>
  (outputs["people"] as Given[]).map(({ email, outcome }) => [email, outcome]);

const settingsOf = async (world: World) => (await world.meetings())[0]?.settings ?? {};

const inviteesOf = async (world: World) =>
  ((await settingsOf(world))["meeting_invitees"] as { email: string }[]).map(({ email }) => email);

const zoom = (world: World, meetingId: string, settings: object) =>
  world.zoom.patch(`/meetings/${meetingId}`, { settings });

const last = async (world: World) => (await world.timeline()).at(-1);

describe("inviting", () => {
  test("all members of a Zoom group, by name, leaves nobody out and nobody twice", async () => {
    await using world = await startActions();
    const meetingId = await world.bridge({ invitees: ["eve@example.com"] });
    const result = await add(world, meetingId, { group: "Responders", people: ["HOST2@example.com"] });
    expect(outcomes(result)).toEqual([
      ["HOST2@example.com", "added"],
      ["host1@example.com", "added"],
      ["host3@example.com", "added"],
    ]);
    expect(await inviteesOf(world)).toEqual([
      "eve@example.com",
      "host2@example.com",
      "host1@example.com",
      "host3@example.com",
    ]);
  });

  test("a group that is not there fails, naming those that are", async () => {
    await using world = await startActions();
    const failed = await failureOf(add(world, await world.bridge(), { group: "heroes" }));
    expect(failed.type).toBe("invalid_input");
    expect(failed.message).toContain("responders");
  });

  test("people whose domain the account blocks is told of them, and the others are added", async () => {
    await using world = await startActions();
    const meetingId = await world.bridge();
    await world.control("/settings", { registration: { blockedDomains: ["evil.example"] } });
    const people = ["ana@example.com", "mal@evil.example", "not an email", { name: "Cy" }];
    expect(outcomes(await add(world, meetingId, { people }))).toEqual([
      ["ana@example.com", "added"],
      ["mal@evil.example", "denied_domain"],
      ["not an email", "invalid_email"],
      [null, "no_email"],
    ]);
    expect(await inviteesOf(world)).toEqual(["ana@example.com"]);
    expect((await last(world))?.detail).toContain("blocks their email's domain: mal@evil.example");
  });

  test("says that registration is on, and where people register", async () => {
    await using world = await startActions();
    const meetingId = await world.bridge();
    await zoom(world, meetingId, { approval_type: 0 });
    const { outputs } = await add(world, meetingId, { people: ["ana@example.com"] });
    expect(outputs["registration_url"]).toMatch(/register/);
    const event = await last(world);
    expect(event?.detail).toContain("Registration is on");
    expect(event?.links).toEqual([{ title: "Register", url: outputs["registration_url"] }]);
  });

  test("tells of people whom Zoom did not keep", async () => {
    await using world = await startActions();
    const meetingId = await world.bridge();
    await world.control("/settings", { lockedSettings: { meeting_invitees: [] } });
    const result = await add(world, meetingId, { people: ["ana@example.com"] });
    expect(outcomes(result)).toEqual([["ana@example.com", "not_kept"]]);
  });
});

describe("registering", () => {
  const asRegistrants = (people: Json[]): Given => ({ role: "registrant", people });

  test("gives each their own link, which stays off the timeline", async () => {
    await using world = await startActions();
    const meetingId = await world.bridge();
    await zoom(world, meetingId, { approval_type: 0 });
    const { outputs } = await add(
      world,
      meetingId,
      asRegistrants([{ name: "Ana Lind", email: "ana@example.com" }, "bo@example.com"]),
    );
    const links = (outputs["people"] as Given[]).map(({ join_url }) => join_url);
    expect(new Set(links).size).toBe(2);
    for (const link of links) expect(link).toMatch(/^https:.*tk=/);
    const registrants = (await world.store.meetings.get(meetingId))?.meeting.registrants ?? {};
    expect(Object.values(registrants).toSorted()).toEqual(["ana@example.com", "bo@example.com"]);
    const event = await last(world);
    expect(event?.title).toBe("Added 2 registrants to the meeting");
    expect(event?.detail).toContain("personal link");
    expect(JSON.stringify(await world.timeline())).not.toContain("tk=");
  });

  test("does not register twice: not when asked again, not when the first answer was lost", async () => {
    await using world = await startActions();
    const meetingId = await world.bridge();
    await zoom(world, meetingId, { approval_type: 0 });
    await world.control("/faults", {
      kind: "reset",
      commit: true,
      path: "registrants$",
      method: "POST",
      times: 1,
    });
    const failed = await failureOf(
      add(world, meetingId, asRegistrants(["ana@example.com", "bo@example.com"])),
    );
    expect([failed.type, failed.nonRetryable]).toEqual(["outcome_unknown", false]);
    const again = await add(world, meetingId, asRegistrants(["ANA@example.com", "bo@example.com"]), {
      attempt: 2,
    });
    expect(outcomes(again)).toEqual([
      ["ANA@example.com", "already_there"],
      ["bo@example.com", "added"],
    ]);
    expect((again.outputs["people"] as Given[])[0]?.["join_url"]).toMatch(/tk=/);
    const { requests } = await world.control<{ requests: { method: string; path: string }[] }>("/requests");
    const posts = requests.filter(({ method, path }) => method === "POST" && path.endsWith("/registrants"));
    expect(posts).toHaveLength(2);
  });

  test("says who waits for approval, who hosts, and who was denied", async () => {
    await using world = await startActions();
    const meetingId = await world.bridge({ host: "host1@example.com" });
    await zoom(world, meetingId, { approval_type: 1 });
    const first = await add(world, meetingId, asRegistrants(["ana@example.com", "host1@example.com"]));
    expect(outcomes(first)).toEqual([
      ["ana@example.com", "awaiting_approval"],
      ["host1@example.com", "is_host"],
    ]);
    await world.zoom.put(`/meetings/${meetingId}/registrants/status`, {
      action: "deny",
      registrants: [{ email: "ana@example.com" }],
    });
    const again = await add(world, meetingId, asRegistrants(["ana@example.com"]), { step: "again" });
    expect(outcomes(again)).toEqual([["ana@example.com", "denied"]]);
  });

  test("says that there is no registration, that it is closed, full, or over for the day", async () => {
    await using world = await startActions();
    const meetingId = await world.bridge();
    const outcomeOf = async (step: string) =>
      outcomes(await add(world, meetingId, asRegistrants(["ana@example.com"]), { step }))[0]?.[1];
    expect(await outcomeOf("off")).toBe("registration_off");
    await zoom(world, meetingId, { approval_type: 0, close_registration: true });
    await world.control("/settings", { registration: { capacity: 0 } });
    expect(await outcomeOf("full")).toBe("registration_full");
    await world.control("/settings", { registration: { capacity: 9, blockedDomains: ["example.com"] } });
    expect(await outcomeOf("blocked")).toBe("denied_domain");
    expect((await last(world))?.title).toBe("Nobody was added as registrants");
    await world.control("/clock", { advanceMs: 2 * 3_600_000 });
    await world.control("/settings", { registration: { blockedDomains: [], addsPerDay: 5 } });
    expect(await outcomeOf("closed")).toBe("registration_closed");
    await world.control("/settings", { registration: { addsPerDay: 0 } });
    expect(await outcomeOf("limit")).toBe("daily_limit");
  });
});

describe("alternative hosts", () => {
  const asHosts = (people: Json[]): Given => ({ role: "alternative_host", people });

  test("are looked at one by one, since Zoom refuses all for one", async () => {
    await using world = await startActions();
    const meetingId = await world.bridge({
      host: "host1@example.com",
      alternative_hosts: ["host2@example.com"],
    });
    const people = [
      "host1@example.com",
      "host2@example.com",
      "host3@example.com",
      "basic@example.com",
      "stranger@else.example",
    ];
    expect(outcomes(await add(world, meetingId, asHosts(people)))).toEqual([
      ["host1@example.com", "is_host"],
      ["host2@example.com", "already_there"],
      ["host3@example.com", "added"],
      ["basic@example.com", "no_licence"],
      ["stranger@else.example", "unknown_to_zoom"],
    ]);
    expect((await settingsOf(world))["alternative_hosts"]).toBe("host2@example.com;host3@example.com");
  });

  test("who lost their licence no longer block the list: they go, and it is said", async () => {
    await using world = await startActions();
    const meetingId = await world.bridge({
      host: "host1@example.com",
      alternative_hosts: ["host2@example.com"],
    });
    await world.control("/settings", { users: [{ email: "host2@example.com", licensed: false }] });
    const result = await add(world, meetingId, asHosts(["host3@example.com"]));
    expect(outcomes(result)).toEqual([["host3@example.com", "added"]]);
    expect((await settingsOf(world))["alternative_hosts"]).toBe("host3@example.com");
    expect((await last(world))?.detail).toContain("host2@example.com");
  });
});

describe("taking people off a meeting", () => {
  test("takes them off every list and leaves the others on", async () => {
    await using world = await startActions();
    const meetingId = await world.bridge({
      host: "host1@example.com",
      invitees: ["host2@example.com", "eve@example.com"],
      alternative_hosts: ["host2@example.com", "host3@example.com"],
    });
    await zoom(world, meetingId, { approval_type: 0 });
    await add(world, meetingId, { role: "registrant", people: ["ana@example.com", "bo@example.com"] });
    const { outputs } = await remove(world, meetingId, {
      people: [
        "HOST2@example.com",
        "ana@example.com",
        "nobody@example.com",
        "host1@example.com",
        { name: "Cy" },
      ],
    });
    expect(outputs["people"]).toMatchObject([
      { outcome: "removed", removed_from: ["invitee", "alternative_host"] },
      { outcome: "removed", removed_from: ["registrant"] },
      { outcome: "not_there" },
      { outcome: "is_host" },
      { outcome: "no_email" },
    ]);
    expect(await inviteesOf(world)).toEqual(["eve@example.com"]);
    expect((await settingsOf(world))["alternative_hosts"]).toBe("host3@example.com");
    const left = await add(
      world,
      meetingId,
      { role: "registrant", people: ["bo@example.com"] },
      { step: "left" },
    );
    expect(outcomes(left)).toEqual([["bo@example.com", "already_there"]]);
    expect((await world.timeline()).find(({ kind }) => kind === "participants.removed")?.title).toBe(
      "Took 2 off the meeting",
    );
  });

  test("from one list only leaves them on the others, and a second time finds nobody", async () => {
    await using world = await startActions();
    const meetingId = await world.bridge({
      host: "host1@example.com",
      invitees: ["host2@example.com"],
      alternative_hosts: ["host2@example.com"],
    });
    const input = { people: ["host2@example.com"], roles: ["invitee"] };
    expect(outcomes(await remove(world, meetingId, input))).toEqual([["host2@example.com", "removed"]]);
    expect((await last(world))?.detail).toBe("Off the meeting's lists: host2@example.com.");
    expect((await settingsOf(world))["alternative_hosts"]).toBe("host2@example.com");
    expect(outcomes(await remove(world, meetingId, input, "again"))).toEqual([
      ["host2@example.com", "not_there"],
    ]);
  });

  test("says that they are still on the call, and what a host can do", async () => {
    await using world = await startLive();
    const meetingId = await world.liveBridge("host2@example.com");
    await remove(world, meetingId, { people: ["host2@example.com"] });
    expect((await last(world))?.detail).toMatch(/Still on the call: host2@example.com.*waiting room.*lock/);
  });

  test("and off the live call where the account may, confirmed by their leaving", async () => {
    await using world = await startLive();
    const meetingId = await world.liveBridge("host2@example.com");
    await world.control("/settings", { live: { removal: true } });
    const input = { people: ["host2@example.com", "ana@example.com"], from_call: true };
    const { outputs } = await remove(world, meetingId, input);
    expect(outputs["people"]).toMatchObject([{ call: "removed" }, { call: "not_on_call" }]);
    expect(outputs["removed"]).toBe(1);
    expect((await last(world))?.detail).toMatch(
      /Off the call: host2@example\.com\. .*Not on the call: ana@example\.com\./,
    );
  });

  test("does not claim that they are off a call of which no webhook told", async () => {
    await using world = await startActions();
    const meetingId = await world.bridge({ host: "host1@example.com" });
    await world.control(`/meetings/${meetingId}/join`, { name: "Ana", email: "ana@example.com" });
    const { outputs } = await remove(world, meetingId, { people: ["ana@example.com"], from_call: true });
    expect(outputs["people"]).toMatchObject([{ call: "unknown" }]);
    expect((await last(world))?.detail).toMatch(
      /Maybe on the call, of which Zoom has not told who is on it: ana@example\.com\. Its webhooks are missing.*In the call, a host can/,
    );
  });

  test("says honestly that this account may not remove from a call", async () => {
    await using world = await startLive();
    const meetingId = await world.liveBridge("host2@example.com");
    const { outputs } = await remove(world, meetingId, { people: ["host2@example.com"], from_call: true });
    expect(outputs["people"]).toMatchObject([
      { call: "refused", reason: expect.stringContaining("not available for this account") },
    ]);
    const event = await last(world);
    expect(event?.title).toBe("Nobody was taken off the meeting");
    expect(event?.detail).toContain("Zoom does not let this account remove people from a call");
  });
});
