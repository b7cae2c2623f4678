import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { until } from "../support/until.ts";
import { flaws } from "./story.ts";
import type { Topology } from "./support.ts";
import { startTopology, withoutPostgres } from "./support.ts";

const runbook = `
key: record-and-call
title: Record and call
steps:
  - id: bridge
    action: zoom.create_meeting
    input: { topic: "{{incident.short_id}} bridge" }
  - id: live
    wait: { for: meeting.started }
  - id: record
    action: zoom.control_recording
    input: { meeting_id: "{{runbook.outputs.bridge.meeting_id}}", action: start }
  - id: call
    action: zoom.invite_to_live_meeting
    input:
      meeting_id: "{{runbook.outputs.bridge.meeting_id}}"
      people: ["host2@example.com"]
      phones: "{{incident.responders}}"
`;

(withoutPostgres === undefined ? describe : describe.skip)("A live meeting's controls", () => {
  let world: Topology;

  beforeAll(async () => {
    world = await startTopology({ title: "live controls", runbooks: [] });
    await world.api.applyRunbook("record-and-call", runbook);
  }, 60_000);
  afterAll(() => world.close());

  test("are confirmed by Zoom's webhooks through the gateway and the meeting's workflow", async () => {
    const { api, zoom } = world;
    const id = `live-${process.pid}`;
    await api.declareIncident({
      id,
      short_id: "LIVE-1",
      title: "Checkout is down",
      severity: "SEV1",
      responders: [{ name: "Bo Lind", phone: "+18005550100" }],
    });
    const { execution_id: executionId } = await api.executeRunbook(id, "record-and-call");
    const meetingId = await until("the bridge", async () => {
      const { execution } = await api.execution(executionId);
      return execution.steps.find(({ id: step, state }) => step === "live" && state === "waiting")
        ? String((await zoom.meetingsOf("LIVE-1"))[0]?.id)
        : undefined;
    });
    await zoom.join(meetingId, { name: "Ana Ruiz", email: "ana@example.com" });

    const done = await until("the end of the run", async () => {
      const { execution } = await api.execution(executionId);
      return execution.state === "completed" ? execution : undefined;
    });
    const outputs = Object.fromEntries(done.steps.map(({ id: step, outputs: given }) => [step, given]));
    expect(outputs["record"]).toMatchObject({ outcome: "confirmed", recording: "on" });
    expect(outputs["call"]).toMatchObject({
      called: 2,
      people: [
        { name: "host2@example.com", outcome: "accepted" },
        { name: "Bo Lind", outcome: "accepted" },
      ],
    });
    const { events } = await api.timeline(id, { limit: 100 });
    const wanted = ["recording.started", "participants.invited"] as const;
    const ignoring = events.map(({ kind }) => kind).filter((kind) => !wanted.some((each) => each === kind));
    expect(flaws(events, wanted, { ignoring })).toEqual([]);
    expect(JSON.stringify(events)).not.toContain("5550100");
  });
});
