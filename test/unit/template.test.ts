import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { declaredIncident } from "../../domain/incident.ts";
import { displayText, renderJson, renderText, templateVariables } from "../../domain/template.ts";
import { templateView } from "../../domain/variables.ts";

const incident = declaredIncident(
  {
    title: "Checkout <down> & out",
    severity: "1",
    owner: { name: "Ana", email: "ana@example.com", team: "Payments" },
    responders: [{ email: "bo@example.com" }, { name: "Cy" }],
    custom_fields: { slack_channel: "#inc-1" },
  },
  "inc-1",
  "2026-01-01T00:00:00.000Z",
);

const view = templateView({
  incident,
  bridge: null,
  inputs: { minutes: 45, flag: false },
  outputs: { bridge: { join_url: "https://zoom.us/j/1?pwd=a/b&c=d" }, skipped: null },
  actions: { bridge: "zoom.create_meeting" },
  user: { name: "Dee", email: "dee@example.com" },
});

describe("a template", () => {
  test("keeps links and special characters as they are", () => {
    expect(renderText("{{runbook.outputs.bridge.join_url}} {{incident.title}}", view)).toBe(
      "https://zoom.us/j/1?pwd=a/b&c=d Checkout <down> & out",
    );
  });

  test("has title and summary in a length that calls take, cut at a word", () => {
    expect(renderText("{{incident.short_title}}", view)).toBe(incident.title);
    const long = { ...incident, title: "word ".repeat(60).trim(), summary: "word ".repeat(1600) };
    const of = (path: string) =>
      displayText(
        renderText(
          path,
          templateView({
            incident: long,
            bridge: null,
            inputs: {},
            outputs: {},
            actions: {},
            user: { name: "Dee" },
          }),
        ),
      );
    expect(of("{{incident.short_title}}")).toMatch(/^(word ){10,}…$/);
    expect(of("{{incident.short_title}}").length).toBeLessThanOrEqual(120);
    expect(of("{{Activity.short_summary}}")).toMatch(/^(word ){100,}…$/);
    expect(of("{{Activity.short_summary}}").length).toBeLessThanOrEqual(1500);
  });

  test("names the outputs of a step by its action as well", () => {
    expect(renderText("{{runbook.outputs.zoom_create_meeting.join_url}}", view)).toContain(
      "https://zoom.us/j/1",
    );
  });

  test("shows a severity by its label, and its number by .id", () => {
    expect(renderText("{{Activity.severity}} {{Activity.severity.id}}", view)).toBe("SEV1 Major 1");
    expect(renderText("{{incident.severity}}", view)).toBe("SEV1 Major");
  });

  test("shows people and lists as people read them", () => {
    expect(renderText("{{incident.owner}}; {{{incident.responders}}}", view)).toBe(
      "Ana <ana@example.com>; bo@example.com, Cy",
    );
  });

  test("reaches the owner's team", () => {
    expect(renderText("{{incident.owner.team}}", view)).toBe("Payments");
  });

  test("reaches custom fields beside the incident's own", () => {
    expect(renderText("{{incident.slack_channel}} {{incident.custom_fields.slack_channel}}", view)).toBe(
      "#inc-1 #inc-1",
    );
  });

  test("that is one variable keeps the variable's own kind", () => {
    expect(renderText("{{runbook.inputs.minutes}}", view)).toBe(45);
    expect(renderText("{{runbook.inputs.flag}}", view)).toBe(false);
    expect(renderText("{{incident.responders}}", view)).toEqual(incident.responders);
  });

  test("with a variable that has no value is an error that names it and its place", () => {
    expect(() => renderJson({ a: ["{{incident.titel}}"] }, view)).toThrow(
      "a[0]: {{incident.titel}} has no value here",
    );
    expect(() => renderText("{{runbook.outputs.skipped.join_url}}", view)).toThrow(
      'has no value here: step "skipped" failed, was skipped or gave no such output',
    );
  });

  test("may ask for a value with a section", () => {
    expect(
      renderText("{{#incident.owner.name}}by {{incident.owner.name}}{{/incident.owner.name}}", view),
    ).toBe("by Ana");
    expect(renderText("{{^runbook.outputs.skipped}}none{{/runbook.outputs.skipped}}", view)).toBe("none");
  });

  test("with tags that do not pair up is an error in words", () => {
    expect(() => templateVariables("{{#a}} {{b}}")).toThrow("every {{ needs its }}");
  });

  test("of plain text is that text, whatever it is", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.includes("{{"));
        expect(renderText(text, view)).toBe(text);
      }),
    );
  });

  test("gives back any value that is text, unchanged", () => {
    fc.assert(
      fc.property(fc.string(), (title) => {
        expect(renderText("<{{incident.title}}>", { incident: { title } })).toBe(`<${title}>`);
      }),
    );
  });
});
