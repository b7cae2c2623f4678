import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parse } from "yaml";
import { catalogue } from "../../activities/actions/index.ts";
import { compile } from "../../domain/compile.ts";
import { chosenFor } from "../../domain/connectorChoice.ts";
import { lintRunbook } from "../../domain/lint.ts";
import type { MeetingDefaults } from "../../domain/meetingDefaults.ts";
import { defaultsFor, meetingDefaultsFrom, withDefaults } from "../../domain/meetingDefaults.ts";
import type { ActionStep, Json } from "../../domain/plan.ts";
import type { Severity } from "../../domain/severity.ts";
import { severities } from "../../domain/severity.ts";

const defaultsOf = (document: unknown): MeetingDefaults => {
  const defaults = meetingDefaultsFrom(document);
  if ("problems" in defaults) throw new Error(defaults.problems.join("\n"));
  return defaults;
};

const problemsIn = (document: unknown): string[] => {
  const found = meetingDefaultsFrom(document);
  return "problems" in found ? found.problems : [];
};

describe("A document of defaults", () => {
  test("takes severities in every spelling", () => {
    const { severities: found } = defaultsOf({
      severities: {
        SEV0: { duration_minutes: 1 },
        "sev-1": { duration_minutes: 2 },
        Moderate: { duration_minutes: 3 },
        3: { duration_minutes: 4 },
      },
    });
    expect(Object.keys(found)).toEqual(["0", "1", "2", "3"]);
  });

  test("takes emails and variables of the incident as hosts", () => {
    const alternative_hosts = ["ana@example.com", "{{incident.owner}}", "{{Activity.responders}}"];
    expect(defaultsOf({ alternative_hosts })).toEqual({ alternative_hosts, severities: {} });
  });

  test.each<[unknown, string]>([
    [{ setings: {} }, 'setings is no known field; did you mean "settings"?'],
    [
      { settings: { waiting_rom: true } },
      'settings.waiting_rom is no known field; did you mean "waiting_room"?',
    ],
    [
      { settings: { auto_recording: "always" } },
      'settings.auto_recording must be one of "none", "local", "cloud"',
    ],
    [{ severities: { SEV9: {} } }, 'severities.SEV9 "SEV9" is no severity: use "0" to "4", or SEV0'],
    [{ severities: { SEV0: {}, critical: {} } }, "severities.critical means SEV0, which is here already"],
    [
      { severities: { SEV0: { settings: { watermrk: true } } } },
      'severities.SEV0.settings.watermrk is no known field; did you mean "watermark"?',
    ],
    [{ passcode: "abc" }, "passcode is no known field"],
    [{ missing_after: "soon" }, "missing_after must be a duration such as"],
    [{ end_on_resolve: { aftr: "1m" } }, 'end_on_resolve.aftr is no known field; did you mean "after"?'],
    [{ alternative_hosts: ["ana"] }, "alternative_hosts[0] must be an email, or a variable of the incident"],
    [{ alternative_hosts: "{{runbook.inputs.hosts}}" }, "alternative_hosts must be an email, or a variable"],
    [{ alternative_hosts: "{{incident.owner" }, "alternative_hosts must be an email, or a variable"],
    [["settings"], "needs object"],
    [null, "needs object"],
  ])("%j is refused, and the place is named", (document, problem) => {
    expect(problemsIn(document)).toEqual([expect.stringContaining(problem)]);
  });

  test("names all that is wrong with it at once", () => {
    const wrong = { duration_minutes: 0, settings: { focus_mode: "on" }, severities: { SEV7: {} } };
    expect(problemsIn(wrong)).toHaveLength(3);
  });

  test("in docs/configuration.md is one", () => {
    const docs = fileURLToPath(new URL("../../docs/configuration.md", import.meta.url));
    const block = /## Defaults for meetings[^]*?```yaml\n([^]*?)```/.exec(readFileSync(docs, "utf8"))?.[1];
    expect(Object.keys(defaultsOf(parse(block ?? "")))).toContain("settings");
  });
});

const names = ["settings", "alternative_hosts"];

describe("A step's input with defaults", () => {
  const filled = (input: { [field: string]: Json }, document: unknown, severity: Severity = "0") =>
    withDefaults(input, names, defaultsFor(defaultsOf(document), severity));

  test("keeps what the step says, an empty list or a template too", () => {
    const document = { alternative_hosts: "ana@example.com", settings: { waiting_room: true } };
    expect(filled({ alternative_hosts: [] }, document)).toMatchObject({ alternative_hosts: [] });
    const settings = "{{runbook.inputs.settings}}";
    expect(filled({ settings }, document)).toMatchObject({ settings });
  });

  test("is filled with the fields that the action names, and no others", () => {
    expect(filled({}, { duration_minutes: 90, settings: {} })).toEqual({ settings: {} });
  });

  const setting = fc.option(fc.boolean(), { nil: undefined });
  const settings = fc
    .record({ waiting_room: setting, watermark: setting, focus_mode: setting })
    .map((all) => JSON.parse(JSON.stringify(all)) as { [name: string]: boolean });

  test("has each setting of the step, else of the severity, else of all", () => {
    const layers = fc.record({ step: settings, severe: settings, general: settings });
    fc.assert(
      fc.property(layers, fc.constantFrom(...severities), ({ step, severe, general }, severity) => {
        const document = { settings: general, severities: { [`SEV${severity}`]: { settings: severe } } };
        const ours = filled({ settings: step }, document, severity);
        expect(ours["settings"]).toEqual({ ...general, ...severe, ...step });
        const other = severities.find((each) => each !== severity) ?? "0";
        expect(filled({ settings: step }, document, other)["settings"]).toEqual({ ...general, ...step });
      }),
    );
  });

  test("is as it was without defaults", () => {
    fc.assert(
      fc.property(settings, fc.constantFrom(...severities), (step, severity) => {
        const input = { settings: step };
        expect(withDefaults(input, names, defaultsFor(undefined, severity))).toEqual(input);
      }),
    );
  });
});

describe("A plan has the defaults", () => {
  const document = {
    settings: { watermark: true },
    alternative_hosts: ["{{incident.owner}}"],
    duration_minutes: 90,
    missing_after: "10m",
    end_on_resolve: { after: "30m", at_most: "8h" },
    severities: { SEV0: { settings: { auto_recording: "cloud" }, end_on_resolve: { after: "1h" } } },
  };

  const inputOf = (action: string, input = "{}", severity: Severity = "0") => {
    const text = `{ key: a, title: A, steps: [{ id: s, action: ${action}, input: ${input} }] }`;
    const { runbook } = lintRunbook(text, { catalogue });
    const steps = [{ id: "s", action, input: parse(input) as { [field: string]: Json } }];
    const whole = runbook ?? { key: "a", title: "A", inputs: {}, steps };
    const plan = compile(
      whole,
      catalogue,
      {},
      chosenFor({ meetingDefaults: defaultsOf(document) }, severity),
    );
    return (plan.steps[0] as ActionStep).input;
  };

  const shared = {
    settings: { watermark: true, auto_recording: "cloud" },
    alternative_hosts: ["{{incident.owner}}"],
  };
  const ofBridges = {
    duration_minutes: 90,
    missing_after: "10m",
    end_on_resolve: { after: "1h", at_most: "8h" },
  };

  test.each([
    ["zoom.create_meeting", "{}", { ...shared, ...ofBridges }],
    ["zoom.create_meeting", "{ purpose: bridge }", { ...shared, ...ofBridges, purpose: "bridge" }],
    ["zoom.create_meeting", "{ purpose: other }", { ...shared, purpose: "other" }],
    ["zoom.schedule_follow_up", "{}", shared],
    ["zoom.schedule_recurring_meeting", "{}", shared],
    ["zoom.create_webinar", "{}", {}],
    ["zoom.update_meeting", "{}", {}],
    ["timeline.add_event", "{}", {}],
  ])("of %s with %s", (action, input, expected) => {
    expect(inputOf(action, input)).toEqual(expected);
  });

  test("but for what the step says, false too", () => {
    expect(inputOf("zoom.create_meeting", "{ end_on_resolve: false, missing_after: 0s }")).toMatchObject({
      end_on_resolve: false,
      missing_after: "0s",
    });
  });

  test("and actions take only what stands in their own schema", () => {
    for (const { input, meetingDefaults } of catalogue.values()) {
      const taken = meetingDefaults?.({}) ?? [];
      expect(Object.keys(input.shape)).toEqual(expect.arrayContaining([...taken]));
    }
  });
});
