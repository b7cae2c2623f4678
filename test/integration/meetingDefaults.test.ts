import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { until } from "../support/until.ts";
import type { SimulatedMeeting } from "./zoom.ts";
import type { Topology } from "./support.ts";
import { startTopology, withoutPostgres } from "./support.ts";

const runbook = `
key: quick-bridge
title: Quick bridge
trigger: { on: [incident.created, incident.updated], conditions: [{ field: tags, operator: contains, value: call }] }
steps:
  - id: bridge
    action: zoom.create_meeting
    input:
      topic: "{{incident.short_id}} {{incident.title}}"
      settings: { mute_upon_entry: false }
`;

const defaults = `
settings: { mute_upon_entry: true, participant_video: false }
alternative_hosts: ["{{incident.owner}}"]
severities:
  Critical: { settings: { auto_recording: cloud }, duration_minutes: 240 }
`;

(withoutPostgres === undefined ? describe : describe.skip)("A file of defaults for meetings", () => {
  let world: Topology;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "defaults-"));
    const file = join(folder, "defaults.yaml");
    await writeFile(file, defaults);
    const variables = { MEETING_DEFAULTS_FILE: file };
    world = await startTopology({ title: "meeting defaults", runbooks: [], variables });
    await world.api.applyRunbook("quick-bridge", runbook);
  }, 60_000);
  afterAll(async () => {
    await world.close();
    await rm(folder, { recursive: true });
  });

  const declare = (shortId: string, severity: string, tags: string[]) =>
    world.api.declareIncident({
      id: `${shortId.toLowerCase()}-${process.pid}`,
      short_id: shortId,
      title: "Checkout is down",
      severity,
      tags,
      owner: { name: "Ana Ruiz", email: "host2@example.com" },
    });

  const meetingOf = (shortId: string): Promise<SimulatedMeeting> =>
    until(`the meeting of ${shortId}`, async () => (await world.zoom.meetingsOf(shortId))[0]);

  test("reaches the meeting that a declaration makes, below what the runbook says", async () => {
    await declare("DEF-0", "SEV0", ["call"]);
    const meeting = await meetingOf("DEF-0");
    expect(meeting).toMatchObject({ duration: 240 });
    expect(meeting.settings).toMatchObject({
      auto_recording: "cloud",
      participant_video: false,
      mute_upon_entry: false,
      join_before_host: true,
    });
    expect(JSON.stringify(meeting.settings["alternative_hosts"])).toContain("host2@example.com");
  });

  test("reaches the meeting that a change makes, by the severity that it changes to", async () => {
    const { incident } = await declare("DEF-1", "SEV3", []);
    await declare("DEF-3", "SEV3", ["call"]);
    await world.api.changeIncident(incident.id, { severity: "SEV0", tags: ["call"] });
    expect((await meetingOf("DEF-1")).settings).toMatchObject({ auto_recording: "cloud" });
    const { settings } = await meetingOf("DEF-3");
    expect(settings).toMatchObject({ auto_recording: "none", participant_video: false });
  });

  test("spares runbooks advice that it makes up for", async () => {
    const severe = (severity: string) =>
      runbook.replace(
        "tags, operator: contains, value: call",
        `severity, operator: equals, value: ${severity}`,
      );
    expect((await world.api.lintRunbook(severe("SEV0"))).marks).toEqual([]);
    expect((await world.api.lintRunbook(severe("SEV1"))).marks).toMatchObject([{ level: "advice" }]);
  });
});
