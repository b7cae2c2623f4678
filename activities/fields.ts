import { z } from "zod";
import { durationField } from "../domain/meetingFields.ts";
import { secretNamePattern } from "../domain/secrets.ts";

/** Fields that several actions share, with Zoom's limits. */

/** Zoom's meeting ids are numbers of 10 or 11 digits, which people paste with spaces. */
export const meetingIdField = z
  .union([z.string(), z.number()])
  .transform((given) => String(given).replaceAll(/[\s-]/g, ""))
  .pipe(z.string().regex(/^\d{9,12}$/, "a Zoom meeting id: 9 to 12 digits"))
  .meta({ title: "Meeting id", examples: ["{{incident.bridge.meeting_id}}"] });

const emptyAsAbsent = z
  .string()
  .trim()
  .transform((text) => text || undefined);

export const webinarIdField = z
  .union([z.string(), z.number()])
  .transform((given) => String(given).replaceAll(/[\s-]/g, ""))
  .pipe(z.string().regex(/^\d{9,12}$/, "a Zoom webinar id: 9 to 12 digits"))
  .meta({ title: "Webinar id", examples: ["{{runbook.outputs.briefing.webinar_id}}"] });

export type PersonField = {
  name: string | undefined;
  email: string | undefined;
  team: string | undefined;
  phone?: string;
};

/** A person as incidents have them, or just an email. Whoever has no email is reported, not refused. */
const personField = z.union([
  z.string().transform((email): PersonField => ({
    name: undefined,
    email: email.trim() || undefined,
    team: undefined,
  })),
  z
    .object({
      name: emptyAsAbsent.nullish(),
      email: emptyAsAbsent.nullish(),
      team: emptyAsAbsent.nullish(),
      phone: emptyAsAbsent.nullish(),
    })
    .transform(({ name, email, team, phone }): PersonField => ({
      name: name ?? undefined,
      email: email ?? undefined,
      team: team ?? undefined,
      ...(phone && { phone }),
    })),
]);

/** A list of people; a list within the list (`{{incident.responders}}`) is taken as its members. */
export const peopleField = z
  .union([personField, z.array(z.union([personField, z.array(personField), z.null()]))])
  .transform((given) => {
    const people = [given].flat(2).filter((person) => person !== null);
    const seen = new Set<string>();
    return people.filter(({ email, name }) => {
      const key = (email ?? name ?? "").toLowerCase();
      return key !== "" && !seen.has(key) && seen.add(key);
    });
  })
  .meta({ title: "People", examples: ["{{incident.responders}}", ["ana@example.com"]] });

export { durationField };

/** How long after a call's end its recordings may take. */
export const recordingWaitField = durationField.default("24h").meta({
  title: "Wait at most",
  description:
    "How long after the call's end. Zoom takes about twice the length of the call, seldom up to a day",
});
/** A secret by its name: what it is stands in the worker's environment. */
export const secretField = z
  .string()
  .regex(secretNamePattern, "the name of a secret: lower-case letters, digits and underscores")
  .meta({ title: "Secret", description: "Names ZOOM_RUNBOOKS_SECRET_<NAME> or an entry of SECRETS_FILE" });

/** Buttons and links below a notice. */
export const linksField = z
  .array(
    z.strictObject({
      title: z.string().trim().min(1).max(75),
      url: z.url({ protocol: /^https?$/ }).max(2000),
    }),
  )
  .max(5)
  .default([])
  .meta({ title: "Links", examples: [[{ title: "Join", url: "{{runbook.outputs.bridge.join_url}}" }]] });
