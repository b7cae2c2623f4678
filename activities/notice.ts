import type { Incident } from "../domain/incident.ts";
import { severityLabels } from "../domain/severity.ts";
import type { ActionContext } from "./action.ts";
import type { Call } from "./call.ts";
import { spacedId } from "./call.ts";

/** What people are told, whatever the channel: each gives it its own form. */
export type Notice = {
  title: string;
  text: string;
  links: { title: string; url: string }[];
  facts: { name: string; value: string }[];
};

export type NoticeWish = {
  title?: string | undefined;
  text?: string | undefined;
  links: readonly { title: string; url: string }[];
  call?: Call | undefined;
  isCancelled?: boolean;
};

/** What the runbook does not say is said of the incident and its call. */
export const noticeOf = async ({ store, request }: ActionContext, wish: NoticeWish): Promise<Notice> => {
  const row = await store.incidents.get(request.incidentId);
  const incident = row?.incident;
  const call = wish.isCancelled ? undefined : wish.call;
  return {
    title: oneLine(wish.title || titleOf(incident, wish)),
    text: (wish.text ?? textOf(incident, wish)).trim(),
    links: [
      ...(call ? [{ title: "Join the call", url: call.joinUrl }] : []),
      ...wish.links,
      ...(isWeb(incident?.url) ? [{ title: "Open the incident", url: incident.url }] : []),
    ],
    facts: call ? factsOf(call) : [],
  };
};

/** A link of another kind (`javascript:`) would do something to whoever presses it. */
const isWeb = (url: string | undefined): url is string => url !== undefined && /^https?:\/\//i.test(url);

/** A line break in a subject begins a new header. */
const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ").trim();

const titleOf = (incident: Incident | undefined, { call, isCancelled }: NoticeWish): string => {
  if (call && isCancelled) return `Cancelled: ${call.topic}`;
  const name = incident ? `${severityOf(incident)} ${incident.short_id}: ${incident.title}` : "Incident";
  return call ? `Join the call: ${name}` : name;
};

const severityOf = ({ severity }: Incident): string => severityLabels[severity].split(" ", 1)[0] ?? "";

const textOf = (incident: Incident | undefined, { call, isCancelled }: NoticeWish): string => {
  if (call && isCancelled) return `The call "${call.topic}" will not take place.`;
  if (!incident) return call ? `You are asked to join the call "${call.topic}".` : "";
  const asked = call ? "You are asked to join the call of this incident.\n\n" : "";
  const summary = incident.summary ? `\n\n${incident.summary.slice(0, 1500)}` : "";
  return `${asked}${severityLabels[incident.severity]}: ${incident.title}${summary}`;
};

const factsOf = ({ meetingId, passcode, numbers, phonePasscode }: Call): Notice["facts"] => [
  { name: "Meeting id", value: spacedId(meetingId) },
  ...(passcode ? [{ name: "Passcode", value: passcode }] : []),
  ...(numbers.length > 0 ? [{ name: "By telephone", value: numbers.join("\n") }] : []),
  ...(numbers.length > 0 && phonePasscode ? [{ name: "Telephone passcode", value: phonePasscode }] : []),
];
