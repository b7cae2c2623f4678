import type { ZoomClient } from "../../zoom/client.ts";
import { ZoomError } from "../../zoom/errors.ts";
import type { Meeting } from "../../zoom/meetings.ts";
import { updateMeeting } from "../../zoom/meetings.ts";
import type { Candidate, Outcome, Row } from "./outcomes.ts";
import { rowOf } from "./outcomes.ts";
import { findUser } from "./users.ts";

export const alternativeHostsOf = ({ settings }: Meeting): readonly string[] =>
  settings.alternative_hosts ?? [];

type HostChange = { rows: Row[]; dropped: string[] };

/** Each user is looked at first: Zoom refuses the whole list for one of them, and does not say for whom. */
export const addAlternativeHosts = async (
  zoom: ZoomClient,
  meeting: Meeting,
  candidates: readonly Candidate[],
): Promise<HostChange> => {
  const there = alternativeHostsOf(meeting);
  const rows: Row[] = [];
  for (const candidate of candidates) rows.push(rowOf(candidate, await outcomeFor(zoom, meeting, candidate)));
  const added = rows.flatMap(({ outcome, email }) => (outcome === "added" && email ? [email] : []));
  if (added.length === 0) return { rows, dropped: [] };
  return { rows, dropped: await replaceAlternativeHosts(zoom, meeting.id, there, added) };
};

const outcomeFor = async (zoom: ZoomClient, meeting: Meeting, { email }: Candidate): Promise<Outcome> => {
  if (meeting.hostEmail.toLowerCase() === email) return "is_host";
  const isThere = alternativeHostsOf(meeting).some((host) => host.toLowerCase() === email);
  return isThere ? "already_there" : usability(zoom, email);
};

const usability = async (
  zoom: ZoomClient,
  email: string,
): Promise<"added" | "unknown_to_zoom" | "inactive" | "no_licence"> => {
  const user = await findUser(zoom, email);
  if (!user) return "unknown_to_zoom";
  if (user.status === "inactive" || user.status === "pending") return "inactive";
  return user.isLicensed ? "added" : "no_licence";
};

/**
 * Sets the list to who stays and who comes. Somebody on it who has lost the licence since makes Zoom refuse the list
 * for good: they are left out, and named in the answer.
 */
export const replaceAlternativeHosts = async (
  zoom: ZoomClient,
  meetingId: string,
  staying: readonly string[],
  coming: readonly string[],
): Promise<string[]> => {
  try {
    await setHosts(zoom, meetingId, [...staying, ...coming]);
    return [];
  } catch (error) {
    if (!(error instanceof ZoomError) || error.zoomCode !== 1114) throw error;
    const dropped: string[] = [];
    for (const host of staying) if ((await usability(zoom, host)) !== "added") dropped.push(host);
    if (dropped.length === 0) throw error;
    await setHosts(zoom, meetingId, [...staying.filter((host) => !dropped.includes(host)), ...coming]);
    return dropped;
  }
};

const setHosts = (zoom: ZoomClient, meetingId: string, hosts: readonly string[]): Promise<void> =>
  updateMeeting(zoom, meetingId, {
    settings: { alternative_hosts: hosts, alternative_hosts_email_notification: false },
  });
