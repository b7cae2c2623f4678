import type { ZoomClient } from "../../zoom/client.ts";
import { ZoomError } from "../../zoom/errors.ts";
import type { Meeting } from "../../zoom/meetings.ts";
import { defined } from "../../zoom/parse.ts";
import type { RegistrantStatus } from "../../zoom/registrants.ts";
import { addRegistrant, listRegistrants } from "../../zoom/registrants.ts";
import { alternativeHostsOf } from "./alternativeHosts.ts";
import { isBlocked } from "./invitees.ts";
import type { Candidate, Outcome, Row } from "./outcomes.ts";
import { rowOf } from "./outcomes.ts";

/** 2 is none. Where Zoom does not say, there is none. */
export const hasRegistration = ({ settings }: Meeting): boolean => (settings.approval_type ?? 2) !== 2;

/**
 * Registers people one by one. Who is on Zoom's lists already is not registered again: a second request counts against
 * the three a day, and mails the person once more.
 */
export const addRegistrants = async (
  zoom: ZoomClient,
  meeting: Meeting,
  candidates: readonly Candidate[],
): Promise<Registered> => {
  if (!hasRegistration(meeting))
    return { rows: candidates.map((each) => rowOf(each, "registration_off")), registrants: {} };
  const known = candidates.length > 0 ? await knownRegistrants(zoom, meeting.id) : new Map<string, Known>();
  const hosts = [meeting.hostEmail, ...alternativeHostsOf(meeting)].map((host) => host.toLowerCase());
  const rows: Row[] = [];
  const registrants: Registered["registrants"] = {};
  for (const candidate of candidates) {
    const there = known.get(candidate.email);
    // Zoom refuses hosts (3027): they start the meeting and need no registration.
    if (hosts.includes(candidate.email)) rows.push(rowOf(candidate, "is_host"));
    else {
      const { id, row } = there
        ? { id: there.id, row: rowOf(candidate, there.outcome, defined({ join_url: there.joinUrl })) }
        : await register(zoom, meeting.id, candidate);
      rows.push(row);
      if (id !== undefined) registrants[id] = candidate.email;
    }
  }
  return { rows, registrants };
};

/** `registrants`: emails by the id that Zoom tells of whoever comes by a personal link. */
type Registered = { rows: Row[]; registrants: { [registrantId: string]: string } };

type Known = { id: string; outcome: Outcome; joinUrl: string | undefined };

const outcomes: Record<RegistrantStatus, Outcome> = {
  denied: "denied",
  pending: "awaiting_approval",
  approved: "already_there",
};

const knownRegistrants = async (zoom: ZoomClient, meetingId: string): Promise<Map<string, Known>> => {
  const known = new Map<string, Known>();
  for (const status of ["denied", "pending", "approved"] as const) {
    for (const { id, email, joinUrl } of await listRegistrants(zoom, meetingId, status))
      known.set(email, { id, outcome: outcomes[status], joinUrl });
  }
  return known;
};

const register = async (
  zoom: ZoomClient,
  meetingId: string,
  candidate: Candidate,
): Promise<{ id?: string; row: Row }> => {
  try {
    const { id, joinUrl } = await addRegistrant(zoom, meetingId, requestFor(candidate));
    const outcome = joinUrl === undefined ? "awaiting_approval" : "added";
    return { id, row: rowOf(candidate, outcome, defined({ join_url: joinUrl })) };
  } catch (error) {
    const outcome = refusalOf(error, candidate);
    if (outcome === undefined || !(error instanceof ZoomError)) throw error;
    return { row: rowOf(candidate, outcome, outcome === "refused" ? { reason: error.message } : {}) };
  }
};

/** Zoom wants a first name; an email's own will do where there is no other. */
const requestFor = ({ name, email, given }: Candidate) => {
  const [first = "", ...rest] = name === given ? [email.split("@")[0]] : name.trim().split(/\s+/);
  const last = rest.join(" ");
  return { email, first_name: first.slice(0, 64), ...(last !== "" && { last_name: last.slice(0, 64) }) };
};

const byCode: Readonly<Record<number, Outcome>> = {
  404: "registration_off",
  3027: "is_host",
  3038: "registration_closed",
  3043: "registration_full",
};

/** What a refusal means for this one person; undefined when it says something of all, or passes by itself. */
const refusalOf = (error: unknown, { email }: Candidate): Outcome | undefined => {
  if (!(error instanceof ZoomError)) return undefined;
  const outcome = byCode[error.zoomCode ?? 0];
  if (outcome !== undefined) return outcome;
  if (isBlocked(error, email)) return "denied_domain";
  // Named in it, the limit is this registrant's; otherwise it is the account's.
  if (error.code === "daily_limit" && error.message.toLowerCase().includes(email)) return "daily_limit";
  return error.code === "invalid_input" ? "refused" : undefined;
};
