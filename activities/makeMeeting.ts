import { z } from "zod";
import { ZoomError } from "../zoom/errors.ts";
import type { Meeting, MeetingRequest } from "../zoom/meetings.ts";
import { createMeeting } from "../zoom/meetings.ts";
import type { TrackedMeeting } from "../store/index.ts";
import type { ActionContext, EventDraft } from "./action.ts";
import type { HostCheck } from "./licensedHosts.ts";
import { checkHosts, isHostRefusal, nameOf, sameEmail } from "./licensedHosts.ts";
import { makeOnce, markerOf, meetings, whereBegun } from "./makeOnce.ts";
import type { PlannedMeeting } from "./meetingInput.ts";
import { hostsFor, markedAgenda } from "./meetingInput.ts";
import { tracked } from "./meetingOutcome.ts";
import { withoutPasscode, withPasscode } from "./passcode.ts";
import { explained, inOurWords } from "./refusal.ts";

/** What became of each person the meeting was to have. */
export const personOutcome = z.object({
  name: z.string(),
  email: z.string().nullable(),
  as: z.enum(["invitee", "alternative_host"]),
  outcome: z.enum(["set", "no_email", "no_licence", "unknown", "refused"]),
});

export type PersonOutcome = z.output<typeof personOutcome>;

type Making = {
  action: string;
  given: PlannedMeeting;
  wanted: MeetingRequest;
  purpose: TrackedMeeting["purpose"];
  follow?: TrackedMeeting["follow"];
};

export type Made = { meeting: Meeting; host: string; people: PersonOutcome[]; events: EventDraft[] };

/** Bridges of incidents that are older are seldom in use. */
const inUseMs = 7 * 24 * 3_600_000;

/** A host has one live meeting: while it goes on, nobody but they can begin another. So bridges go to whoever has fewest. */
const freeFirst = async (
  { store, nowMs }: ActionContext,
  hosts: readonly string[],
  purpose: Making["purpose"],
): Promise<readonly string[]> => {
  if (purpose !== "bridge" || hosts.length < 2) return hosts;
  const bridges = await store.meetings.bridgesByHost(nowMs - inUseMs);
  const bridgesOf = (host: string): number => bridges[host.toLowerCase()] ?? 0;
  return hosts.toSorted((a, b) => bridgesOf(a) - bridgesOf(b));
};

/** Makes a meeting once, with a passcode, whoever of the people cannot be on it; and puts it on record. */
export const makeMeeting = async (asked: ActionContext, making: Making): Promise<Made> => {
  const { given, wanted, action, purpose, follow } = making;
  const key = `${asked.request.executionId}/${asked.request.step}`;
  const context = await whereBegun(asked, key);
  const { store, zoom } = context;
  const {
    meeting: made,
    host,
    lost,
  } = await inOurWords(
    makeOnce({
      store,
      zoom,
      key,
      action,
      hosts: await freeFirst(context, await hostsFor(context, given), purpose),
      create: (user, marker) =>
        createOn(context, user, { ...wanted, agenda: markedAgenda(marker, given.agenda) }, given),
    }),
  );
  const meeting = await withPasscode(meetings, zoom.client, made);
  const topic = meeting.topic || given.topic;
  const hostEmail = meeting.hostEmail || host;
  const record = tracked(context, meeting, {
    purpose,
    topic,
    host: hostEmail,
    marker: markerOf(key),
    follow,
    made_in: await zoom.madeIn(),
  });
  await store.meetings.save({ ...record, ...lost });
  const people = await outcomesOf(context, given, meeting);
  return { meeting, host: hostEmail, people, events: withoutPasscode(meetings, meeting) };
};

/** Creates it on a host, without whom Zoom does not take as an alternative one. */
export const createOn = async (
  { zoom }: ActionContext,
  host: string,
  request: MeetingRequest,
  given: Pick<PlannedMeeting, "host" | "alternative_hosts">,
): Promise<Meeting> => {
  try {
    return await createMeeting(zoom.client, host, request);
  } catch (error) {
    if (isHostRefusal(error)) return createWithout(zoom.client, host, request, given);
    throw hostError(error, host, given.host);
  }
};

/** A call is worth more than its alternative hosts: those whom Zoom knows as licensed, or else none of them. */
const createWithout = async (
  zoom: ActionContext["zoom"]["client"],
  host: string,
  request: MeetingRequest,
  given: Pick<PlannedMeeting, "alternative_hosts">,
): Promise<Meeting> => {
  const create = (alternative_hosts: string[]) =>
    createMeeting(zoom, host, { ...request, settings: { ...request.settings, alternative_hosts } });
  const licensed = (await checked(zoom, given)).flatMap(({ verdict, email }) =>
    verdict === "licensed" && email !== null ? [email] : [],
  );
  if (licensed.length === 0) return create([]);
  return create(licensed).catch((error: unknown) => {
    if (isHostRefusal(error)) return create([]);
    throw error;
  });
};

/** Looking people up may itself be refused, for want of a scope: then nobody is known. */
const checked = (
  zoom: ActionContext["zoom"]["client"],
  given: Pick<PlannedMeeting, "alternative_hosts">,
): Promise<HostCheck[]> =>
  checkHosts(zoom, given.alternative_hosts).catch((error: unknown) => {
    if (error instanceof ZoomError) return [];
    throw error;
  });

/** Which user it is, and where they are named, is what somebody must know to help. */
const hostError = (error: unknown, host: string, named: string | undefined): unknown => {
  if (!(error instanceof ZoomError)) return error;
  const where =
    named === undefined
      ? "among the connector's hosts (ZOOM_HOSTS) or name one in the step's host"
      : "in the step's host";
  if (error.code === "not_found")
    return explained(error, {
      field: "host",
      advice: `Zoom's account has no user ${host}: name a licensed user of the account ${where}, then retry the step.`,
    });
  if (error.code === "host_unavailable") return explained(error, { field: "host" });
  return error;
};

/** Told from what Zoom kept, so that it is true of a meeting that an earlier try made as well. */
export const outcomesOf = async (
  { zoom }: ActionContext,
  given: Pick<PlannedMeeting, "alternative_hosts" | "invitees">,
  { settings }: Meeting,
): Promise<PersonOutcome[]> => {
  const hosts = settings.alternative_hosts ?? [];
  const isSet = (email: string) => hosts.some((each) => sameEmail(each, email));
  const isAnyMissing = given.alternative_hosts.some(({ email }) => email && !isSet(email));
  const checks = isAnyMissing ? await checked(zoom.client, given) : [];
  const ofHost = (person: PlannedMeeting["invitees"][number]): PersonOutcome["outcome"] => {
    if (!person.email) return "no_email";
    if (isSet(person.email)) return "set";
    const verdict = checks.find(({ email }) => email && sameEmail(email, person.email ?? ""))?.verdict;
    return verdict === "no_licence" || verdict === "unknown" ? verdict : "refused";
  };
  return [
    ...given.alternative_hosts.map((person) => ({
      ...named(person),
      as: "alternative_host" as const,
      outcome: ofHost(person),
    })),
    ...given.invitees.map((person) => ({
      ...named(person),
      as: "invitee" as const,
      outcome: person.email ? ("set" as const) : ("no_email" as const),
    })),
  ];
};

const named = (person: PlannedMeeting["invitees"][number]) => ({
  name: nameOf(person),
  email: person.email ?? null,
});

const reasons: Record<Exclude<PersonOutcome["outcome"], "set">, string> = {
  no_email: "no email",
  no_licence: "no Zoom licence, which alternative hosts need",
  unknown: "not a user of the Zoom account",
  refused: "refused by Zoom",
};

/** How to get in, who hosts, and who could not be put on it. */
export const madeDetail = ({ meeting, host, people }: Pick<Made, "meeting" | "host" | "people">): string => {
  const without = people.flatMap(({ name, outcome }) =>
    outcome === "set" ? [] : [`${name} (${reasons[outcome]})`],
  );
  const names = [...new Set(without)];
  const access = `Passcode ${meeting.passcode || "none"}, hosted by ${host}.`;
  return names.length === 0
    ? access
    : `${access} Made without ${names.join(", ")}: they can join with the link all the same.`;
};
