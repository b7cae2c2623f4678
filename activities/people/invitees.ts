import type { ZoomClient } from "../../zoom/client.ts";
import { ZoomError } from "../../zoom/errors.ts";
import type { Meeting } from "../../zoom/meetings.ts";
import { getMeeting, updateMeeting } from "../../zoom/meetings.ts";
import type { Candidate, Row } from "./outcomes.ts";
import { rowOf } from "./outcomes.ts";

export const inviteesOf = ({ settings }: Meeting): string[] =>
  (settings.meeting_invitees ?? []).map(({ email }) => email);

const inLowerCase = (emails: readonly string[]): Set<string> =>
  new Set(emails.map((email) => email.toLowerCase()));

/** Puts people on the list of invitees, and looks whether Zoom kept them. */
export const addInvitees = async (
  zoom: ZoomClient,
  meeting: Meeting,
  candidates: readonly Candidate[],
): Promise<Row[]> => {
  const there = inviteesOf(meeting);
  const present = inLowerCase(there);
  const isThere = ({ email }: Candidate): boolean => present.has(email);
  const fresh = candidates.filter((candidate) => !isThere(candidate));
  const blocked = await addUnlessBlocked(zoom, meeting.id, there, fresh);
  const kept = fresh.length > blocked.size ? inviteesOf(await getMeeting(zoom, meeting.id)) : there;
  const keptEmails = inLowerCase(kept);
  return candidates.map((candidate) => {
    if (isThere(candidate)) return rowOf(candidate, "already_there");
    if (blocked.has(candidate)) return rowOf(candidate, "denied_domain");
    return rowOf(candidate, keptEmails.has(candidate.email) ? "added" : "not_kept");
  });
};

/** Zoom replaces the whole list, and refuses it whole for one blocked domain: whose it is goes, the others stay. */
const addUnlessBlocked = async (
  zoom: ZoomClient,
  meetingId: string,
  there: readonly string[],
  fresh: readonly Candidate[],
): Promise<Set<Candidate>> => {
  const blocked = new Set<Candidate>();
  for (;;) {
    const rest = fresh.filter((candidate) => !blocked.has(candidate));
    if (rest.length === 0) return blocked;
    try {
      const emails = [...there, ...rest.map(({ email }) => email)];
      await updateMeeting(zoom, meetingId, {
        settings: { meeting_invitees: emails.map((email) => ({ email })) },
      });
      return blocked;
    } catch (error) {
      const meant = rest.filter(({ email }) => isBlocked(error, email));
      if (meant.length === 0) throw error;
      for (const candidate of meant) blocked.add(candidate);
    }
  }
};

/** "Users in 'example.com' have been blocked…": 3000 of meetings, 3003 of webinars. */
export const isBlocked = (error: unknown, email: string): boolean => {
  if (!(error instanceof ZoomError) || ![3000, 3003].includes(error.zoomCode ?? 0)) return false;
  const domain = email.split("@")[1] ?? "";
  return (
    domain !== "" &&
    /\bin ['"]?([^'"]+?)['"]? have been blocked/i.exec(error.message)?.[1]?.toLowerCase() === domain
  );
};
