import { z } from "zod";
import type { Severity } from "./severity.ts";
import { severityFrom, unknownSeverity } from "./severity.ts";

/** Statuses an incident moves through. `resolved` and `closed` end the work on it; anything before reopens it. */
export const incidentStatuses = [
  "detected",
  "investigating",
  "identified",
  "mitigating",
  "monitoring",
  "resolved",
  "closed",
] as const;

export type IncidentStatus = (typeof incidentStatuses)[number];

const text = (max: number) => z.string().trim().max(max);

/** An id may stand in workflow ids and URLs, so it is kept to letters, digits and `. _ -`. */
export const incidentIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "1 to 64 letters, digits, dots, underscores or dashes");

const personSchema = z.strictObject({
  name: text(128).optional(),
  email: z.email().max(254).optional(),
  phone: text(32).optional(),
  team: text(100).optional(),
});

/** A responder without an email is legal: people are paged by phone too. What needs an email says who lacks one. */
export type Person = z.infer<typeof personSchema>;

const severitySchema = z
  .union([z.string(), z.number()])
  .transform((given, context): Severity => {
    const severity = severityFrom(given);
    if (severity !== undefined) return severity;
    context.addIssue({ code: "custom", message: unknownSeverity(given) });
    return z.NEVER;
  })
  .meta({
    description: 'SEV0 (critical) to SEV4 (cosmetic), or "0" to "4"',
    examples: ["SEV1", "1"],
  });

const customFieldSchema = z.union([z.string().max(4000), z.number(), z.boolean(), z.null()]);

/** Fields that a platform may set when it declares an incident, and change later. */
const incidentFields = {
  short_id: text(32),
  title: text(300).min(1),
  severity: severitySchema,
  status: z.enum(incidentStatuses),
  summary: text(8000),
  service: text(200),
  environment: text(100),
  owner: personSchema,
  responders: z.array(personSchema).max(1000),
  affected_services: z.array(text(200)).max(200),
  tags: z.array(text(100)).max(100),
  url: z.url().max(2000),
  fallback_bridge_url: z
    .url()
    .max(2000)
    .meta({ description: "Where people meet when Zoom cannot make a bridge" }),
  custom_fields: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/), customFieldSchema)
    .refine((fields) => Object.keys(fields).length <= 200, "at most 200 custom fields"),
};

const optionalFields = z.strictObject(incidentFields).partial();

/** What a platform sends to declare an incident. Without an id, one is made. */
export const declarationSchema = optionalFields
  .extend({
    id: incidentIdSchema.optional(),
    title: incidentFields.title,
    severity: incidentFields.severity,
  })
  .meta({ title: "Declaration", description: "A new incident" });

export type Declaration = z.infer<typeof declarationSchema>;

/** What a platform sends to change an incident; fields left out stay as they are. */
export const incidentPatchSchema = optionalFields
  .refine((patch) => Object.keys(patch).length > 0, "name at least one field to change")
  .meta({ title: "IncidentPatch", description: "Fields to change; the others stay" });

export type IncidentPatch = z.infer<typeof optionalFields>;

/** The call an incident is worked in, as far as the incident knows it. `live` follows Zoom. */
export type Bridge = {
  meeting_id: string;
  join_url: string;
  passcode?: string;
  state: "waiting" | "live" | "ended" | "deleted";
  /** People in the call now; null while it is live and Zoom has not told of anybody. */
  head_count: number | null;
  /** Its call is ended some time after the incident was resolved. */
  ends_on_resolve?: boolean;
};

export type Incident = {
  id: string;
  short_id: string;
  title: string;
  severity: Severity;
  status: IncidentStatus;
  summary: string;
  service: string;
  environment: string;
  owner: Person | null;
  responders: Person[];
  affected_services: string[];
  tags: string[];
  url: string;
  fallback_bridge_url: string;
  custom_fields: Record<string, string | number | boolean | null>;
  /** ISO 8601, UTC. */
  created_at: string;
  updated_at: string;
  resolved_at: string | null;
};

const blank = {
  status: "detected",
  summary: "",
  service: "",
  environment: "",
  owner: null,
  responders: [],
  affected_services: [],
  tags: [],
  url: "",
  fallback_bridge_url: "",
  custom_fields: {},
} satisfies Partial<Incident>;

const given = <Fields extends object>(fields: Fields) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields;

/** The incident that a declaration makes. */
export const declaredIncident = (declaration: Declaration, id: string, nowIso: string): Incident => {
  const { status = "detected" } = declaration;
  const isOver = status === "resolved" || status === "closed";
  return {
    ...blank,
    short_id: id,
    ...(given(declaration) as Pick<Incident, "title" | "severity">),
    id,
    created_at: nowIso,
    updated_at: nowIso,
    resolved_at: isOver ? nowIso : null,
  };
};
