import type { Incident, Person } from "../../domain/incident.ts";
import type { ActionContext } from "../action.ts";
import { defaultAgenda } from "./agenda.ts";
import type { FollowUpInput } from "./input.ts";
import type { Invited } from "./people.ts";
import { attendedPeople, invitedPeople } from "./people.ts";

/** What the meeting is about, and who is invited. */
export type Subject = { incident: Incident; attended: Person[]; invited: Invited };

/** The incident as it is stored, with the resolution that its workflow told of: the store may be behind by a moment. */
export const subjectOf = async (
  { store, request }: Pick<ActionContext, "store" | "request">,
  given: FollowUpInput,
  resolvedAt: string | null,
): Promise<Subject> => {
  const row = await store.incidents.get(request.incidentId);
  if (!row) throw new Error(`incident ${request.incidentId} is not in the store`);
  const incident = { ...row.incident, resolved_at: resolvedAt };
  const attended = await attendedPeople(store, request.incidentId);
  const further = given.invitees.map(({ name, email }) => ({
    ...(name && { name }),
    ...(email && { email }),
  }));
  return { incident, attended, invited: invitedPeople(incident, attended, further) };
};

/** The marker stands at the start, where Zoom's lists show it. */
export const agendaOf = (marker: string, { agenda }: FollowUpInput, subject: Subject): string =>
  `${marker}\n${agenda ?? defaultAgenda(subject.incident, subject.attended)}`;
