import { z } from "zod";

const oneLine = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}]*$/u, "must be one line");

export const apiKeyRoles = ["viewer", "responder", "admin"] as const;

/** An API key that is to be made. */
export const newApiKeySchema = z.strictObject({
  name: oneLine.meta({ description: "Who or what uses it: timelines and the audit log name it" }),
  role: z.enum(apiKeyRoles),
  expires_at: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({ description: "Refused from then on; left out, it is good until it is revoked" }),
});
