import { z } from "zod";
import { incidentPatchSchema } from "../../domain/incident.ts";
import type { IncidentPatch } from "../../domain/incident.ts";
import { displayText } from "../../domain/template.ts";
import { defineAction } from "../action.ts";

const output = z.object({ fields: z.record(z.string(), z.json()) });

const shown = (patch: IncidentPatch): string =>
  Object.entries({ ...patch, ...patch.custom_fields })
    .filter(([field]) => field !== "custom_fields")
    .map(([field, value]) => `${field.replaceAll("_", " ")}: ${displayText(value)}`)
    .join("; ");

/** Changes fields of the incident; what that triggers is the incident's affair. */
export const updateFields = defineAction({
  key: "incident.update_fields",
  title: "Update incident fields",
  description: "Sets fields of the incident, its custom fields among them.",
  category: "incident",
  effect: "idempotent",
  scopes: [],
  input: z.strictObject({ fields: incidentPatchSchema.meta({ title: "Fields" }) }),
  output,
  example: {
    fields: { status: "investigating", custom_fields: { bridge: "https://zoom.us/j/85746065432" } },
  },
  onFailure: "continue",
  run: async (_context, { fields }) => ({
    outputs: { fields: fields as z.input<typeof output>["fields"] },
    events: [{ kind: "step.completed", title: `Set ${shown(fields)}` }],
    effects: { patch: fields },
  }),
});
