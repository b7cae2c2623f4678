import { describe, expect, test } from "@jest/globals";
import { displayText } from "../../domain/template.ts";
import { failureOf } from "./failureOf.ts";
import { startActions } from "./world.ts";

const briefing = {
  topic: "INC-1 - Customer Briefing",
  agenda: "What happened",
  settings: { practice_session: true, question_and_answer: true, auto_recording: "cloud" },
};
const posts = { method: "POST", path: "/webinars$", times: 1 };
const noLicence = (...names: string[]) => ({
  users: names.map((name) => ({ email: `${name}@example.com`, webinar: 0 })),
});

describe("creating a webinar", () => {
  test("gives the audience's link, follows the webinar, and shows nobody the host's link", async () => {
    await using world = await startActions();
    const { outputs, effects } = await world.perform("zoom.create_webinar", briefing);
    expect(outputs).toMatchObject({
      join_url: expect.stringMatching(/^https:.*\/j\//),
      registration_url: null,
      passcode: expect.stringMatching(/./),
      topic: briefing.topic,
      settings: {
        practice_session: true,
        question_and_answer: true,
        auto_recording: "cloud",
        registration: "none",
      },
    });
    expect(effects).toEqual({
      meetings: [
        {
          meetingId: outputs["webinar_id"],
          topic: briefing.topic,
          purpose: "other",
          startsAtMs: expect.any(Number),
        },
      ],
    });
    const row = await world.store.meetings.get(displayText(outputs["webinar_id"]));
    expect(row?.meeting).toMatchObject({ kind: "webinar", purpose: "other", incident_id: world.incidentId });
    const events = await world.timeline();
    expect(events).toMatchObject([
      {
        kind: "meeting.scheduled",
        title: expect.stringContaining("Webinar scheduled: INC-1 - Customer Briefing, 20"),
        links: [{ title: "Join", url: outputs["join_url"] }],
      },
    ]);
    expect(JSON.stringify([outputs, events, row])).not.toMatch(/start_url|zak|sim-secret/);
  });

  test("starts as far ahead as it is told", async () => {
    await using world = await startActions();
    const start = { start_time: "2030-01-01T10:00:00+01:00", start_offset: "30m" };
    const { outputs, effects } = await world.perform("zoom.create_webinar", { ...briefing, ...start });
    expect(outputs["start_time"]).toBe("2030-01-01T09:30:00Z");
    expect(effects?.meetings?.[0]?.startsAtMs).toBe(Date.parse("2030-01-01T09:30:00Z"));
  });

  test("with registration puts the page for it first", async () => {
    await using world = await startActions();
    const settings = { registration: "automatic", mail_panelists: false };
    const { outputs } = await world.perform("zoom.create_webinar", { topic: "x", settings });
    expect(outputs).toMatchObject({ registration_url: expect.stringMatching(/register/), settings });
    const [event] = await world.timeline();
    expect(event?.links?.map(({ title }) => title)).toEqual(["Register", "Join"]);
  });

  test("is refused a start that has passed", async () => {
    await using world = await startActions();
    const start = { start_time: "2020-01-01T10:00:00Z", start_offset: "30m" };
    const failed = await failureOf(world.perform("zoom.create_webinar", { ...briefing, ...start }));
    expect([failed.type, failed.message]).toEqual([
      "invalid_input",
      expect.stringMatching(/^It cannot start at 2020-01-01T10:30:00.000Z: that was over at /),
    ]);
    expect(failed.details?.[0]).toMatchObject({ field: "start_time" });
    expect(await world.meetings()).toHaveLength(0);
  });

  test.each(["any", "numeric", "mixed"])(
    "sets a passcode where the account sets none, by an account's rule: %s",
    async (passcodeRule) => {
      await using world = await startActions();
      await world.control("/settings", { generatePasscodes: false, passcodeRule });
      const { outputs } = await world.perform("zoom.create_webinar", briefing);
      expect(outputs["passcode"]).toMatch(/^[\w@*-]{10}$/);
    },
  );

  test("says so when the account's rule refuses every passcode", async () => {
    await using world = await startActions();
    await world.control("/settings", { generatePasscodes: false });
    await world.control("/faults", {
      kind: "status",
      status: 400,
      code: 300,
      body: {
        code: 300,
        message: "Validation Failed.",
        errors: [{ field: "password", message: "Too weak." }],
      },
      method: "PATCH",
      path: "/webinars/",
    });
    const { outputs } = await world.perform("zoom.create_webinar", briefing);
    expect(outputs["passcode"]).toBe("");
    const titles = (await world.timeline()).map(({ title }) => title);
    expect(titles).toContain("The webinar has no passcode: Zoom refused those we made");
  });

  test("a second try finds what the first made and makes none", async () => {
    await using world = await startActions();
    const first = await world.perform("zoom.create_webinar", briefing);
    const again = await world.perform("zoom.create_webinar", briefing, { attempt: 2 });
    expect(again.outputs["webinar_id"]).toBe(first.outputs["webinar_id"]);
    expect(await world.meetings()).toHaveLength(1);
    expect(await world.timeline()).toHaveLength(1);
  });

  test("when Zoom committed and its answer was lost, the next try adopts the webinar by its marker", async () => {
    await using world = await startActions();
    await world.control("/faults", { ...posts, kind: "reset", commit: true });
    const lost = await failureOf(world.perform("zoom.create_webinar", briefing));
    expect([lost.type, lost.nonRetryable]).toEqual(["outcome_unknown", false]);
    const { outputs } = await world.perform("zoom.create_webinar", briefing, { attempt: 2 });
    const webinars = await world.meetings();
    expect(webinars.map(({ id }) => String(id))).toEqual([outputs["webinar_id"]]);
    expect(webinars[0]?.agenda).toMatch(/^\[zr-[0-9a-f]{20}\]\nWhat happened$/);
  });

  test("when the answer was lost and nothing is found, it only looks, and says that it is about a webinar", async () => {
    await using world = await startActions();
    await world.control("/faults", { ...posts, kind: "reset", commit: false });
    await failureOf(world.perform("zoom.create_webinar", briefing));
    const waiting = await failureOf(world.perform("zoom.create_webinar", briefing, { attempt: 2 }));
    expect([waiting.type, waiting.nextRetryDelay]).toEqual(["outcome_unknown", 2000]);
    expect(waiting.message).toContain("make the webinar on");
    expect(await world.meetings()).toHaveLength(0);
  });

  test("goes past a host who has no licence for webinars to one who has", async () => {
    await using world = await startActions();
    const hostOf = async (step: string) =>
      displayText((await world.perform("zoom.create_webinar", briefing, { step })).outputs["host"]);
    const first = await hostOf("first");
    await world.control("/settings", { users: [{ email: first, webinar: 0 }] });
    const second = await hostOf("second");
    expect([first, second].toSorted()).toEqual(["host1@example.com", "host2@example.com"]);
  });

  test("fails for want of a licence when no host has one, names them and the licence, and is not tried again", async () => {
    await using world = await startActions();
    await world.control("/settings", noLicence("host1", "host2"));
    const failed = await failureOf(world.perform("zoom.create_webinar", briefing));
    expect([failed.type, failed.nonRetryable]).toEqual(["plan", true]);
    expect(failed.message).toMatch(/^None of host[12]@example.com, host[12]@example.com can host a webinar/);
    expect(failed.details?.[0]).toMatchObject({ advice: expect.stringContaining("Zoom Webinars licence") });
    expect(await world.meetings()).toHaveLength(0);
  });

  test("tries nobody but the host that the step names", async () => {
    await using world = await startActions();
    const failed = await failureOf(
      world.perform("zoom.create_webinar", { ...briefing, host: "host3@example.com" }),
    );
    expect(failed.type).toBe("plan");
    expect(failed.message).toContain("/users/host3@example.com/webinars");
    expect(failed.message).not.toContain("None of");
  });

  test("says which settings Zoom kept its own of", async () => {
    await using world = await startActions();
    await world.control("/settings", { lockedSettings: { practice_session: false, approval_type: 1 } });
    await world.perform("zoom.create_webinar", briefing);
    const events = await world.timeline();
    expect(events.at(-1)).toMatchObject({
      kind: "meeting.settings_differ",
      title:
        "Zoom kept other settings: practice_session is false, not true; registration is manual, not none",
    });
  });

  test("names the scope that is missing", async () => {
    await using world = await startActions();
    await world.control("/settings", { scopes: ["meeting:write:admin"] });
    const failed = await failureOf(world.perform("zoom.create_webinar", briefing));
    expect(failed.details?.[0]).toMatchObject({
      code: "missing_scope",
      scopes: expect.arrayContaining(["webinar:write:webinar:admin"]),
    });
  });

  test("is undone by deleting it, which may be done twice", async () => {
    await using world = await startActions();
    const webinar_id = await world.webinar();
    const remove = (step: string) => world.perform("zoom.delete_webinar", { webinar_id }, { step });
    expect((await remove("undo")).outputs["was_there"]).toBe(true);
    expect((await remove("again")).outputs["was_there"]).toBe(false);
    expect(await world.meetings()).toHaveLength(0);
  });
});
