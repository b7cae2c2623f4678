import { z } from "zod";
import type { ZoomClient } from "../../zoom/client.ts";
import type { Meeting } from "../../zoom/meetings.ts";
import { getMeeting, updateMeeting } from "../../zoom/meetings.ts";
import type { EventDraft } from "../action.ts";
import { defineAction } from "../action.ts";
import type { PersonField } from "../fields.ts";
import { meetingIdField, peopleField } from "../fields.ts";
import type { HostCheck } from "../licensedHosts.ts";
import { checkHosts, isHostRefusal, nameOf, sameEmail } from "../licensedHosts.ts";
import { updateMeetingScopes, readMeetingScopes, readUserScopes } from "../scopes.ts";

const outcome = z.enum([
  "set",
  "already_set",
  "removed",
  "not_there",
  "no_licence",
  "unknown",
  "no_email",
  "is_host",
  "refused",
]);

type Outcome = { name: string; email: string | null; outcome: z.output<typeof outcome> };

const input = z.strictObject({
  meeting_id: meetingIdField,
  people: peopleField,
  mode: z.enum(["replace", "add", "remove"]).default("replace").meta({
    title: "What to do",
    description: "replace: these and nobody else; add: these beside those there are; remove: these no longer",
  }),
  notify: z.boolean().default(false).meta({ title: "Tell alternative hosts by mail" }),
});

type Input = z.output<typeof input>;

const hostsOf = ({ settings }: Meeting): readonly string[] => settings.alternative_hosts ?? [];

const has = (hosts: readonly string[], email: string | null | undefined): boolean =>
  Boolean(email) && hosts.some((each) => sameEmail(each, email ?? ""));

/** Everybody who is to be on the list: those there are too, since one of them may have lost the licence since. */
const candidates = ({ mode, people }: Input, present: readonly string[]): PersonField[] => {
  const staying =
    mode === "add" ? present.filter((each) => !people.some(({ email }) => has([each], email))) : [];
  return [...staying.map((email) => ({ name: undefined, email, team: undefined })), ...people];
};

type Writing = { zoom: ZoomClient; meeting: Meeting; notify: boolean };

const write = ({ zoom, meeting, notify }: Writing, hosts: readonly string[]): Promise<void> =>
  updateMeeting(zoom, meeting.id, {
    settings: { alternative_hosts: hosts, alternative_hosts_email_notification: notify },
  });

/**
 * A list that Zoom refuses all the same is built up one by one, so that one person fails nobody else. Answers who is
 * on it now; if that is nobody, the meeting's list is as it was.
 */
const writeAll = async (writing: Writing, hosts: readonly string[]): Promise<readonly string[]> => {
  if (await isTaken(writing, hosts)) return hosts;
  let taken: string[] = [];
  for (const host of hosts) if (await isTaken(writing, [...taken, host])) taken = [...taken, host];
  return taken;
};

const isTaken = (writing: Writing, hosts: readonly string[]): Promise<boolean> =>
  write(writing, hosts).then(
    () => true,
    (error: unknown) => {
      if (isHostRefusal(error)) return false;
      throw error;
    },
  );

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((email) => has(other, email));

const outcomeOf = (
  { email, verdict }: HostCheck,
  before: readonly string[],
  after: Meeting,
): Outcome["outcome"] => {
  if (verdict !== "licensed") return verdict;
  if (sameEmail(after.hostEmail, email ?? "")) return "is_host";
  if (!has(hostsOf(after), email)) return "refused";
  return has(before, email) ? "already_set" : "set";
};

const unchecked = (email: string, outcome: Outcome["outcome"]): Outcome => ({ name: email, email, outcome });

/** Who is to be on the list is looked up first; then what Zoom kept is what counts. */
const setHosts = async (zoom: ZoomClient, given: Input, meeting: Meeting): Promise<Outcome[]> => {
  const before = hostsOf(meeting);
  const checks = await checkHosts(zoom, candidates(given, before));
  const wanted = checks.flatMap(({ verdict, email }) =>
    verdict === "licensed" && email !== null && !sameEmail(email, meeting.hostEmail) ? [email] : [],
  );
  // A meeting does not lose the hosts it has because none of the new ones will do.
  const isChange = !isSame(wanted, before) && (wanted.length > 0 || given.people.length === 0);
  if (isChange) await writeAll({ zoom, meeting, notify: given.notify }, wanted);
  const after = isChange ? await getMeeting(zoom, meeting.id) : meeting;
  const gone = before.filter((email) => !has(hostsOf(after), email));
  return [
    ...checks.map((check) => ({
      name: check.name,
      email: check.email,
      outcome: outcomeOf(check, before, after),
    })),
    ...gone
      .filter((email) => !checks.some((check) => has([email], check.email)))
      .map((email) => unchecked(email, "removed")),
  ];
};

const removeHosts = async (zoom: ZoomClient, given: Input, meeting: Meeting): Promise<Outcome[]> => {
  const before = hostsOf(meeting);
  const staying = before.filter((each) => !given.people.some(({ email }) => has([each], email)));
  const writing = { zoom, meeting, notify: given.notify };
  const kept = staying.length < before.length ? await writeAll(writing, staying) : before;
  if (kept.length === 0 && staying.length > 0) await write(writing, []);
  return [
    ...given.people.map((person): Outcome => ({
      name: nameOf(person),
      email: person.email ?? null,
      outcome: !person.email ? "no_email" : has(before, person.email) ? "removed" : "not_there",
    })),
    ...staying.filter((email) => !has(kept, email)).map((email) => unchecked(email, "refused")),
  ];
};

const isOn = ({ outcome: each }: Outcome): boolean => each === "set" || each === "already_set";

const reasons: Partial<Record<Outcome["outcome"], string>> = {
  no_licence: "has no Zoom licence",
  unknown: "is not a user of the Zoom account",
  no_email: "has no email",
  is_host: "hosts the meeting already",
  refused: "was refused by Zoom",
};

const summary = ({ meeting_id, mode }: Input, people: Outcome[]): EventDraft => {
  const names = (wanted: (each: Outcome) => boolean) => people.filter(wanted).map(({ name }) => name);
  const gone = names((each) => each.outcome === "removed");
  const listed = names(isOn);
  const left = people.flatMap(({ name, outcome: each }) => {
    const reason = reasons[each];
    return reason === undefined ? [] : [`${name} ${reason}`];
  });
  const title =
    mode === "remove"
      ? `Alternative hosts removed from meeting ${meeting_id}: ${gone.join(", ") || "nobody"}`
      : listed.length === 0 && left.length > 0
        ? `None of these people can be an alternative host of meeting ${meeting_id}`
        : `Alternative hosts of meeting ${meeting_id}: ${listed.join(", ") || "nobody"}`;
  const details = [
    mode !== "remove" && gone.length > 0 ? `No longer: ${gone.join(", ")}.` : "",
    left.length > 0 ? `Left out: ${left.join("; ")}.` : "",
  ].filter(Boolean);
  return {
    kind: mode === "remove" ? "participants.removed" : "participants.added",
    title,
    ...(details.length > 0 && { detail: details.join(" ") }),
    data: { meeting_id, people },
  };
};

/** Sets who else may start the meeting, and says of each person what became of it. */
export const setAlternativeHosts = defineAction({
  key: "zoom.set_alternative_hosts",
  title: "Set alternative hosts",
  description:
    "Replaces, adds or removes alternative hosts. Whoever cannot be one is named and does not fail the others.",
  category: "participants",
  effect: "idempotent",
  scopes: [updateMeetingScopes, readMeetingScopes, readUserScopes],
  input,
  output: z.object({
    meeting_id: z.string(),
    alternative_hosts: z.number().meta({ title: "How many of these people are alternative hosts now" }),
    people: z.array(z.object({ name: z.string(), email: z.string().nullable(), outcome })),
  }),
  example: { meeting_id: "85746065432", people: ["host2@example.com"], mode: "add" },
  seesTo: ({ mode }) => (mode === "remove" ? [] : ["second_host"]),
  onFailure: "continue",
  run: async ({ zoom }, given) => {
    const meeting = await getMeeting(zoom.client, given.meeting_id);
    const change = given.mode === "remove" ? removeHosts : setHosts;
    const people = await change(zoom.client, given, meeting);
    return {
      outputs: { meeting_id: given.meeting_id, alternative_hosts: people.filter(isOn).length, people },
      events: [summary(given, people)],
    };
  },
});
