import type { ActionFacts, Advice, Concern, Surroundings } from "../domain/catalogue.ts";
import { valueAt } from "../domain/conditions.ts";
import { hasTemplate, templateVariables } from "../domain/template.ts";
import { incidentVariables } from "../domain/variables.ts";

/** What lint advises, one function for each practice. Actions name those that concern them. */
type Input = Parameters<NonNullable<ActionFacts["advise"]>>[0];
type Practice = (input: Input, surroundings: Surroundings) => Advice[];

/** Advice of several kinds. */
export const practices =
  (...all: Practice[]): Practice =>
  (input, surroundings) =>
    all.flatMap((each) => each(input, surroundings));

/** A practice for some inputs alone. */
export const when =
  (holds: (input: Input) => boolean, practice: Practice): Practice =>
  (input, surroundings) =>
    holds(input) ? practice(input, surroundings) : [];

const setting = (input: Input, name: string): unknown => valueAt(input, `settings.${name}`);

/** A variable that certainly is no name of the incident: a known field, other than those that are one. */
const namesNoIncident = (path: string): boolean => {
  const [namespace = "", ...rest] = path.split(".");
  const field = rest.join(".");
  const known: readonly string[] = incidentVariables;
  const mayHoldName = ["id", "short_id", "url", "custom_fields"].includes(field);
  return ["incident", "Activity"].includes(namespace) && known.includes(field) && !mayHoldName;
};

/** The same in all topics: what people, calendars and Zoom's lists tell calls apart by. */
const topicNamesIncident: Practice = ({ topic }) => {
  if (typeof topic !== "string") return [];
  if (!templateVariables(topic).every(({ path }) => namesNoIncident(path))) return [];
  const message = `does not say which incident it is, so that calls of two incidents look alike in calendars and in Zoom's lists: write "{{incident.short_id}} ${topic}"`;
  return [{ keys: ["topic"], message }];
};

/** One is made for each meeting where none is given, so only one that is written out is worth a word. */
const ownPasscode =
  (instead: string): Practice =>
  ({ passcode }) => {
    if (typeof passcode !== "string" || hasTemplate(passcode)) return [];
    const message = `is the same each time, and whoever can read the runbook or was told it once knows it: leave it out, and ${instead}`;
    return [{ keys: ["passcode"], message }];
  };

export const newPasscode = ownPasscode("each meeting is given one of its own");
export const keptPasscode = ownPasscode("it keeps its own, or is given one");

/** Two settings of which Zoom keeps one. */
export const joinBeforeHostHolds: Practice = (input) => {
  if (setting(input, "waiting_room") !== true || setting(input, "join_before_host") !== true) return [];
  const message =
    "does not hold: Zoom switches it off while the waiting room is on, and everybody waits for a host to let them in. Write waiting_room: false, or join_before_host: false with alternative_hosts";
  return [{ keys: ["settings", "join_before_host"], message }];
};

const secondHost =
  'write alternative_hosts: ["{{incident.owner}}"] (who has no Zoom licence is left out and named), or add zoom.set_alternative_hosts';

/** What only a host can do must not hang on one person, or on an account at which nobody sits. */
const hostIsNotAlone: Practice = (input, { seenTo }) => {
  if (seenTo.has("second_host")) return [];
  const needs = [
    { name: "waiting_room", value: true, why: "lets people in only when a host admits them" },
    { name: "join_before_host", value: false, why: "keeps everybody out until a host opens the call" },
    { name: "breakout_rooms", value: true, why: "are opened by a host" },
  ];
  const need = needs.find(({ name, value }) => setting(input, name) === value);
  if (!need) return [];
  const message = `${need.why}, and the meeting has but one: ${secondHost}`;
  return [{ keys: ["settings", need.name], message }];
};

/** Rooms of a meeting that the runbook itself made; who hosts another one, it cannot know. */
export const roomsHaveHost: Practice = ({ meeting_id }, { seenTo }) => {
  const isOwn = typeof meeting_id === "string" && meeting_id.includes("runbook.outputs.");
  if (!isOwn || seenTo.has("second_host")) return [];
  const message = `names a meeting whose one host alone can open breakout rooms and move people: add zoom.set_alternative_hosts with who is to do it`;
  return [{ keys: ["meeting_id"], message }];
};

/** Recording that is left open. "none" is a decision, and some calls are better not recorded. */
export const severeIsRecorded: Practice = (input, { severity, seenTo }) => {
  const isSevere = severity === "0" || severity === "1";
  const isOpen = setting(input, "auto_recording") === undefined && typeof input["settings"] !== "string";
  if (!isSevere || !isOpen || seenTo.has("recording")) return [];
  const message =
    "leave open whether calls of SEV0 and SEV1 are recorded, so they are not, and who comes later or writes the review has nothing to go by: write auto_recording: cloud, or none if that is meant";
  return [{ keys: ["settings"], message }];
};

/** A local recording needs somebody at the host's computer. */
const recordingReachesIncident: Practice = (input) => {
  if (setting(input, "auto_recording") !== "local" || input["host"] !== undefined) return [];
  const message =
    "records on the computer of the host, who is one of the connector's users and need not be there, and nothing of it comes to the incident: write auto_recording: cloud";
  return [{ keys: ["settings", "auto_recording"], message }];
};

/** Only for what no other runbook can look after: the incident's bridge is known to all of them. */
export const recordingIsLookedAfter: Practice = (_input, { written, seenTo }) => {
  if (setting(written, "auto_recording") !== "cloud" || seenTo.has("recordings")) return [];
  const message =
    "records the call, and no step says who may watch it or how long Zoom keeps it, so both are as the account happens to have them: add zoom.share_recordings with access: account and auto_delete: true";
  return [{ keys: ["settings", "auto_recording"], message }];
};

/** How long a recording stays in Zoom, unless the field or another step says it. */
export const retentionIsSaid =
  (field: string, instead: string): Practice =>
  (_input, { seenTo }) => {
    if (seenTo.has("retention")) return [];
    const message = `is left out and nothing is deleted later, so the recording stays in Zoom for as long as the account keeps it, often for ever: ${instead}, or add zoom.delete_recordings with keep_for: 30d, or for all steps the runbook's own recordings: { keep_for: 30d }`;
    return [{ keys: [field], message }];
  };

/** What the maker of a meeting sees to: somebody beside the host can host. */
export const seesToHosts = ({ alternative_hosts: hosts }: Input): Concern[] => {
  const isNobody = hosts === undefined || hosts === "" || (Array.isArray(hosts) && hosts.length === 0);
  return isNobody ? [] : ["second_host"];
};

/** What every meeting that is made is measured by. */
export const meetingPractices = practices(
  topicNamesIncident,
  newPasscode,
  joinBeforeHostHolds,
  hostIsNotAlone,
  recordingReachesIncident,
);
