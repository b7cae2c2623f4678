import { describe, expect, test } from "@jest/globals";
import { catalogue } from "../../activities/actions/index.ts";
import type { LintMark } from "../../domain/lint.ts";
import { lintRunbook } from "../../domain/lint.ts";
import { meetingDefaultsFrom } from "../../domain/meetingDefaults.ts";
import type { MeetingDefaults } from "../../domain/meetingDefaults.ts";

const startedBy = (conditions: string, match = "all"): string =>
  `{ on: [incident.created, incident.updated], match: ${match}, conditions: [${conditions}] }`;

const minor = "{ field: severity, operator: in, value: [SEV2, minor, 4] }";
const ofCheckout = "{ field: service, operator: equals, value: checkout }";
const severe = startedBy("{ field: severity, operator: in, value: [SEV0, SEV1] }");
const any = startedBy("");

const defaultsOf = (document: unknown): MeetingDefaults => {
  const defaults = meetingDefaultsFrom(document);
  if ("problems" in defaults) throw new Error(defaults.problems.join("\n"));
  return defaults;
};

const lint = (steps: string[], trigger?: string, defaults?: unknown): LintMark[] => {
  const text = `key: test
title: Test
${trigger === undefined ? "" : `trigger: ${trigger}`}
inputs:
  hosts: { type: array, default: [] }
  record: { type: string, default: cloud }
  topic: { type: string, default: A call }
  secret: { type: string, default: "" }
steps:
${steps.map((step) => `  - ${step}`).join("\n")}
`;
  const meetingDefaults = defaults === undefined ? undefined : defaultsOf(defaults);
  return lintRunbook(text, { catalogue, meetingDefaults }).marks;
};

const named = 'topic: "{{incident.short_id}} {{incident.title}}"';
const meeting = (input: string, action = "zoom.create_meeting", id = "call", more = ""): string =>
  `{ id: ${id}, action: ${action}, ${more} input: { ${input} } }`;
const bridge = (settings: string, more = ""): string =>
  meeting(`${named}, settings: { ${settings} }${more && `, ${more}`}`);
const recorded = "auto_recording: cloud";
const own = 'meeting_id: "{{runbook.outputs.call.meeting_id}}"';

const found = (marks: LintMark[]) => marks.map(({ level, path }) => [level, path]);
const advice = (path: string) => [["advice", path]];

describe("The topic", () => {
  const topic = (text: string, action?: string) => lint([meeting(`topic: "${text}"`, action)]);

  test("says which incident it is, and the advice has what to write", () => {
    const marks = topic("{{incident.title}} - Bridge");
    expect(marks).toMatchObject([{ level: "advice", path: "steps[0].input.topic", line: 10 }]);
    expect(marks[0]?.message).toContain('write "{{incident.short_id}} {{incident.title}} - Bridge"');
  });

  test.each([
    ["The bridge"],
    ["{{Activity.severity.label}} {{Activity.title}}"],
    ["{{#incident.owner.name}}{{incident.owner.name}}'s call{{/incident.owner.name}}"],
  ])("%s does not", (text) => {
    expect(found(topic(text))).toEqual(advice("steps[0].input.topic"));
  });

  test.each([
    ["{{incident.short_id}} - restricted"],
    ["{{Activity.short_id}} {{Activity.title}}"],
    ["{{incident.id}}"],
    ["{{runbook.inputs.topic}}"],
    ["{{incident.custom_fields.ticket}}"],
    ["{{#incident}}{{short_id}}{{/incident}}"],
  ])("%s does, or may", (text) => {
    expect(topic(text)).toEqual([]);
  });

  test("is the same matter in follow-ups, not in webinars, whose audience knows no ids", () => {
    expect(found(topic("Review", "zoom.schedule_follow_up"))).toEqual(advice("steps[0].input.topic"));
    expect(topic("Briefing", "zoom.create_webinar")).toEqual([]);
  });
});

describe("Recording", () => {
  test("is on for SEV0 and SEV1, or said to be off", () => {
    expect(found(lint([bridge("mute_upon_entry: true")], severe))).toEqual(advice("steps[0].input.settings"));
    expect(found(lint([meeting(named)], any))).toEqual(advice("steps[0].input.settings"));
    expect(lint([bridge(recorded)], severe)).toEqual([]);
    expect(lint([bridge("auto_recording: none")], severe)).toEqual([]);
    expect(lint([bridge('auto_recording: "{{runbook.inputs.record}}"')], severe)).toEqual([]);
  });

  test.each<[string, string[], string | undefined]>([
    ["the runbook starts for others", [meeting(named)], startedBy(minor)],
    ["people start it by hand", [meeting(named)], undefined],
    ["it is no bridge", [meeting(`${named}, purpose: other`)], severe],
    [
      "the step is for others",
      [
        meeting(
          named,
          undefined,
          undefined,
          "when: { field: incident.severity, operator: equals, value: SEV3 },",
        ),
      ],
      any,
    ],
    [
      "its group is for others",
      [
        `{ id: both, when: { field: incident.severity, operator: equals, value: SEV3 }, parallel: [${meeting(named)}] }`,
      ],
      any,
    ],
    [
      "a step starts it",
      [meeting(named), meeting(`${own}, action: start`, "zoom.control_recording", "record")],
      severe,
    ],
  ])("is open to choice where %s", (_why, steps, trigger) => {
    expect(lint(steps, trigger)).toEqual([]);
  });

  test("is not said to be missing where the severity's defaults give it", () => {
    const cloud = { settings: { auto_recording: "cloud" } };
    expect(lint([meeting(named)], severe, cloud)).toEqual([]);
    expect(lint([meeting(named)], severe, { severities: { SEV0: cloud, Major: cloud } })).toEqual([]);
    expect(lint([meeting(named)], severe, { severities: { SEV0: cloud } })).toHaveLength(1);
  });

  test("on the host's computer is no use where the host is nobody in particular", () => {
    expect(found(lint([bridge("auto_recording: local")]))).toEqual(
      advice("steps[0].input.settings.auto_recording"),
    );
    expect(lint([bridge("auto_recording: local", 'host: "ana@example.com"')])).toEqual([]);
  });
});

describe("The way in", () => {
  const waiting = "waiting_room: true";

  test("Zoom's choice between waiting room and join before host is named", () => {
    const hosts = 'alternative_hosts: ["ana@example.com"]';
    const marks = lint([bridge(`${waiting}, join_before_host: true`, hosts)]);
    expect(found(marks)).toEqual(advice("steps[0].input.settings.join_before_host"));
    expect(marks[0]?.message).toContain("Zoom switches it off");
    expect(lint([bridge(waiting, hosts)])).toEqual([]);
    const change = meeting(`meeting_id: "85746065432", settings: { ${waiting}, join_before_host: true }`);
    expect(found(lint([change.replace("create_meeting", "update_meeting")]))).toEqual(
      advice("steps[0].input.settings.join_before_host"),
    );
  });

  test.each([
    ["waiting_room", waiting],
    ["join_before_host", "join_before_host: false"],
    ["breakout_rooms", "breakout_rooms: true"],
  ])("%s needs a second person who can host", (name, settings) => {
    expect(found(lint([bridge(settings)]))).toEqual(advice(`steps[0].input.settings.${name}`));
    expect(found(lint([bridge(settings, "alternative_hosts: []")]))).toHaveLength(1);
    expect(lint([bridge(settings, 'alternative_hosts: ["{{incident.owner}}"]')])).toEqual([]);
    expect(lint([bridge(settings, 'alternative_hosts: "{{runbook.inputs.hosts}}"')])).toEqual([]);
    expect(lint([bridge(settings)], undefined, { alternative_hosts: "ana@example.com" })).toEqual([]);
  });

  test.each([
    ["zoom.set_alternative_hosts", "people: [ana@example.com]", 0],
    ["zoom.set_alternative_hosts", "people: [ana@example.com], mode: remove", 1],
    ["zoom.add_participants", "people: [ana@example.com], role: alternative_host", 0],
    ["zoom.add_participants", "people: [ana@example.com]", 1],
  ])("%s with %s leaves %i pieces of advice", (action, input, count) => {
    expect(lint([bridge(waiting), meeting(`${own}, ${input}`, action, "more")])).toHaveLength(count);
  });

  test("is open without anybody: a bridge needs no host", () => {
    expect(lint([bridge("waiting_room: false, join_before_host: true")])).toEqual([]);
    expect(lint([bridge("mute_upon_entry: true")])).toEqual([]);
  });

  test("into breakout rooms is opened by a host of the runbook's own meeting", () => {
    const rooms = (id: string) =>
      meeting(`${id}, rooms: [{ name: A }]`, "zoom.configure_breakout_rooms", "rooms");
    expect(found(lint([meeting(named), rooms(own)]))).toEqual(advice("steps[1].input.meeting_id"));
    expect(lint([rooms('meeting_id: "{{incident.bridge.meeting_id}}"')])).toEqual([]);
  });
});

describe("A passcode", () => {
  const of: Record<string, string> = {
    "zoom.create_meeting": named,
    "zoom.schedule_follow_up": named,
    "zoom.schedule_recurring_meeting": `${named}, every: 1h`,
    "zoom.create_webinar": named,
    "zoom.update_meeting": 'meeting_id: "85746065432"',
    "zoom.update_webinar": 'webinar_id: "85746065432"',
    "zoom.share_recordings": 'meeting_id: "85746065432", auto_delete: true',
  };

  test.each(Object.entries(of))("that is written out is the same each time: %s", (action, input) => {
    const marks = lint([meeting(`${input}, passcode: "abc-1234"`, action)]);
    expect(found(marks)).toEqual(advice("steps[0].input.passcode"));
    expect(marks[0]?.message).not.toContain("abc-1234");
    expect(lint([meeting(input, action)])).toEqual([]);
    expect(lint([meeting(`${input}, passcode: "{{runbook.inputs.secret}}"`, action)])).toEqual([]);
  });

  test("every action that takes one advises on it", () => {
    const taking = [...catalogue.values()].filter(({ input }) => "passcode" in input.shape);
    expect(taking.map(({ key }) => key).toSorted()).toEqual(Object.keys(of).toSorted());
  });
});

describe("What becomes of a recording", () => {
  const recordings = "steps[0].input.settings.auto_recording";
  const other = meeting(`${named}, purpose: other, settings: { ${recorded} }`);
  const share = (more: string) => meeting(`${own}${more}`, "zoom.share_recordings", "share");
  const archive = (more: string) => meeting(`${own}${more}`, "zoom.archive_recordings", "keep");
  const remove = meeting(own, "zoom.delete_recordings", "remove");

  test.each([
    other,
    meeting(`${named}, settings: { ${recorded} }`, "zoom.schedule_follow_up"),
    meeting(`${named}, every: 1h, settings: { ${recorded} }`, "zoom.schedule_recurring_meeting"),
    meeting(`${named}, settings: { ${recorded} }`, "zoom.create_webinar"),
  ])("is said in the runbook, which alone knows the meeting: %s", (step) => {
    expect(found(lint([step]))).toEqual(advice(recordings));
  });

  test.each<[string, string[]]>([
    ["it is shared, until a day", [other, share(", auto_delete: true")]],
    ["it is shared, and meant to stay", [other, share(", auto_delete: false")]],
    ["it is shared, and deleted later", [other, share(""), remove]],
    ["it is archived and leaves Zoom", [other, archive(", delete_in_zoom: trash")]],
    ["it is deleted", [other, remove]],
    ["it is the bridge's: other runbooks know the bridge", [bridge(recorded)]],
    ["nothing is recorded", [meeting(`${named}, purpose: other`)]],
    ["what the meeting is for, a template says", [other.replace("other", '"{{runbook.inputs.topic}}"')]],
  ])("needs no word more where %s", (_why, steps) => {
    expect(lint(steps)).toEqual([]);
  });

  test("is no matter of every runbook when it is the defaults that record", () => {
    const cloud = { settings: { auto_recording: "cloud" } };
    expect(lint([meeting(`${named}, purpose: other`)], undefined, cloud)).toEqual([]);
  });

  test("has an end: what is shared or archived says how long Zoom keeps it", () => {
    expect(found(lint([other, share("")]))).toEqual(advice("steps[1].input.auto_delete"));
    expect(found(lint([other, archive("")]))).toEqual(advice("steps[1].input.delete_in_zoom"));
  });
});

describe("A runbook's policy for recordings", () => {
  const marksOf = (...steps: string[]) =>
    lintRunbook(`key: test\ntitle: Test\nrecordings: { keep_for: 90d }\nsteps: [${steps.join(", ")}]\n`, {
      catalogue,
    }).marks;

  test("is kept to by a step that deletes, and is empty words without one", () => {
    const made = bridge("auto_recording: none");
    const [mark] = marksOf(made);
    expect([mark?.level, mark?.path, mark?.line]).toEqual(["advice", "recordings.keep_for", 3]);
    expect(mark?.message).toContain("add zoom.delete_recordings, which then waits 90d after each call");
    expect(marksOf(made, meeting(own, "zoom.delete_recordings", "gone"))).toEqual([]);
  });

  test("is a time", () => {
    const { marks } = lintRunbook(
      "key: test\ntitle: Test\nrecordings: { keep_for: long }\nsteps: [{ id: a, wait: { duration: 1s } }]\n",
      { catalogue },
    );
    expect(found(marks)).toEqual([["error", "recordings.keep_for"]]);
  });
});

describe("Advice", () => {
  test("is told once, however many severities it holds for", () => {
    expect(lint([bridge("waiting_room: true")], any)).toHaveLength(2);
  });

  test("waits until there is no error, and stands beside warnings", () => {
    expect(lint([meeting("topic: A call, topc: x")]).map(({ level }) => level)).toEqual(["error"]);
    const marks = lint([meeting("topic: A call"), "{ id: over, wait: { for: meeting.ended } }"]);
    expect(marks.map(({ level }) => level)).toEqual(["warning", "advice"]);
  });

  test("is given at the step in a group, too", () => {
    const group = `{ id: both, parallel: [${meeting("topic: A call")}] }`;
    expect(found(lint([group]))).toEqual(advice("steps[0].parallel[0].input.topic"));
  });

  test.each<[string, string, number]>([
    ["{ field: severity, operator: changed_from, value: SEV3 }", "all", 1],
    ["{ field: severity, operator: changed_to, value: SEV1 }", "all", 1],
    ["{ field: severity, operator: greater_than, value: 1 }", "all", 0],
    ["{ field: severity, operator: not_in, value: [SEV0, SEV1] }", "all", 0],
    [ofCheckout, "all", 1],
    [`${minor}, ${ofCheckout}`, "all", 0],
    [`${minor}, ${ofCheckout}`, "any", 1],
    [minor, "any", 0],
  ])("knows for which severities a runbook may start: %s, match %s", (conditions, match, count) => {
    expect(lint([meeting(named)], startedBy(conditions, match))).toHaveLength(count);
  });
});
