import { createHash } from "node:crypto";
import type { WebhookEvent, WebhookParticipant } from "./webhookEvents.ts";

/**
 * What an event is about, the same for every delivery of it: Zoom may send one twice under two request ids, with
 * other links in it. Built of what happened and when it happened, not of when it was sent.
 */
export const webhookIdentity = (event: WebhookEvent): string => [nameOf(event), ...partsOf(event)].join("/");

const nameOf = (event: WebhookEvent): string => (event.event === "other" ? event.name : event.event);

const partsOf = (event: WebhookEvent): (string | number)[] => {
  if (event.event === "other") return [event.digest];
  if (event.event === "endpoint.url_validation") return [event.plainToken];
  if (event.event === "app_deauthorized") return [event.accountId, event.userId ?? "", event.atMs ?? ""];
  if ("recordings" in event) {
    const { meetingId, uuid, files } = event.recordings;
    return [meetingId, uuid, filesKey(files)];
  }
  const { meeting } = event;
  const person = "participant" in event ? [participantKey(event.participant)] : [];
  const invitee = "invitee" in event ? [event.invitee.key] : [];
  return [meeting.id, meeting.uuid ?? "", ...person, ...invitee, momentOf(event)];
};

/** Zoom writes when a recording began in whole seconds: starts within one are told apart by when they were told. */
const momentOf = (event: { event: string; atMs: number; eventMs: number }): number =>
  event.event.startsWith("recording.") ? event.eventMs : event.atMs;

/** A rejoin within the same second has another connection; names serve where Zoom gives no ids. */
const participantKey = ({ participantUuid, connectionId, userId, name }: WebhookParticipant): string =>
  [participantUuid, connectionId].filter(Boolean).join("+") || userId || name || "";

type Files = readonly { id?: string; fileType: string; startedAt: string; recordingType: string }[];

/** By files, since several sets of files of one session are several events. */
export const filesKey = (files: Files): string => {
  const keys = files.map((file) => file.id ?? `${file.fileType}+${file.recordingType}+${file.startedAt}`);
  return createHash("sha256").update(keys.toSorted().join("\n")).digest("hex").slice(0, 16);
};
