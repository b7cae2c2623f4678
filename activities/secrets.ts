import { OutgoingError } from "../outgoing/errors.ts";
import type { ActionContext } from "./action.ts";

/** A secret's value, for use on the spot: it goes into no output, event or message. */
export const secretNamed = ({ secretOf }: ActionContext, name: string, field: string): string => {
  const secret = secretOf(name);
  if (secret) return secret;
  throw new OutgoingError({
    code: "not_configured",
    message: `There is no secret "${name}": neither ZOOM_RUNBOOKS_SECRET_${name.toUpperCase()} nor an entry of SECRETS_FILE gives it.`,
    field,
  });
};

/** A secret and the ways in which others write it when they repeat what they were sent: all of them are to be hidden. */
export const secretForms = (secret: string): string[] => [
  ...new Set([
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    encodeURI(secret),
    Buffer.from(secret).toString("base64"),
  ]),
];
