import { expect, test } from "@jest/globals";
import { declaredIncident } from "../../domain/incident.ts";
import { newLife } from "../../domain/meetingLife.ts";
import { firstFacts } from "../../domain/starts.ts";
import { incidentSummary } from "../../workflows/incidentSummary.ts";
import type { IncidentState } from "../../workflows/incidentState.ts";
import { meetingSummary } from "../../workflows/meetingSummary.ts";

const at = "2026-11-24T10:00:00.000Z";
const incident = declaredIncident(
  { title: "Search is slow", severity: "1", short_id: "INC-43" },
  "inc-43",
  at,
);

const standing = (over: Partial<IncidentState>, status = incident.status): string =>
  incidentSummary({
    facts: firstFacts({ ...incident, status }),
    open: new Map(),
    followed: new Set(),
    ...over,
  } as IncidentState);

test("an incident's page says in words what goes on for it and what each run waits for", () => {
  const text = standing({
    open: new Map([["runbook-inc-43-bridge-1", [{ event: "meeting.ended" }]]]),
    followed: new Set(["857"]),
  });
  expect(text).toBe(`### INC-43 Search is slow

SEV1 Major, detected. Waits for what becomes of the incident.

No bridge yet

**Runs that go on**

- \`runbook-inc-43-bridge-1\`: waits for the end of the call

**Meetings that are followed**

- \`meeting-857\``);
  expect(standing({ followed: new Set(["857"]) }, "resolved")).toContain(
    "resolved. Waits for what still goes on for it.",
  );
  expect(standing({}, "resolved")).toContain("ends when it has stayed so for a while");
});

test("a meeting's page says what it waits for, and how each call went", () => {
  const input = { topic: "Bridge", meetingId: "857", incidentId: "inc-43" };
  const now = (life: object, headCount: number | null = null) =>
    meetingSummary(input, { life: { ...newLife(), ...life }, headCount, follow: {} } as never);
  expect(now({})).toContain("Zoom meeting 857: nobody has joined yet: waits for the call to begin.");
  const session = { uuid: "u", startedAtMs: Date.parse(at), seen: { ana: 1 } };
  expect(now({ state: "live", sessions: [session] }, 2)).toContain(
    "857: 2 people on the call; waits for the end of the call.\n\n- Call of 2026-11-24 10:00 UTC: goes on, 1 responder seen",
  );
  const ended = { ...session, endedAtMs: Date.parse(at) + 60_000 };
  expect(now({ state: "ended", sessions: [ended] })).toContain(
    "lasted 1 min, 1 responder seen, waits for the attendance, waits for recordings",
  );
});
