import { durationText } from "../../domain/duration.ts";
import type { Incident, Person } from "../../domain/incident.ts";
import { listText, shownName } from "../../domain/people.ts";
import { severityLabels } from "../../domain/severity.ts";
import { clockText } from "./plan.ts";

/** Zoom takes 2000 characters; the marker needs some of them. */
const mostCharacters = 1900;
const mostSummary = 800;

const cut = (text: string, most: number): string => {
  const characters = Array.from(text);
  return characters.length > most ? `${characters.slice(0, most - 1).join("")}…` : text;
};

const listed = (people: readonly Person[]): string =>
  listText(people.map((person) => shownName(person, people)));

const lasted = ({ created_at, resolved_at }: Incident): string =>
  resolved_at === null
    ? "It is not resolved yet."
    : `Resolved at ${clockText(Date.parse(resolved_at))}, after ${durationText(Math.max(0, Date.parse(resolved_at) - Date.parse(created_at)))}.`;

/** What a review is about, from the incident and from who was on its calls. */
export const defaultAgenda = (incident: Incident, attended: readonly Person[]): string => {
  const lines = [
    `Review of ${incident.short_id}: ${incident.title}`,
    `${severityLabels[incident.severity]}${incident.service && `, service ${incident.service}`}. ${lasted(incident)}`,
    ...(incident.summary ? ["", cut(incident.summary, mostSummary)] : []),
    ...(attended.length > 0 ? ["", `On the calls: ${listed(attended)}.`] : []),
    "",
    "1. What happened, and when did we know?",
    "2. What helped, what was in the way?",
    "3. What do we change, who does it, until when?",
    ...(incident.url ? ["", incident.url] : []),
  ];
  return cut(lines.join("\n"), mostCharacters);
};
