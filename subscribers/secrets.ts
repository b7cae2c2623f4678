import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Vault } from "../connectors/vault.ts";
import { vaultToOpen } from "../connectors/vault.ts";
import type { SubscriberRow } from "../store/index.ts";
import { SubscriberError } from "./errors.ts";

/** As https://www.standardwebhooks.com has it: 24 to 64 bytes. */
export const newSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`;

/** What a subscriber keeps sealed, for its id. */
const sealedSchema = z.object({ secret: z.string(), oldSecret: z.string().optional() });

export type Secrets = z.output<typeof sealedSchema>;

export const sealSecrets = (vault: Vault | undefined, id: string, secrets: Secrets): Promise<string> => {
  if (vault) return vault.seal(id, secrets);
  throw new SubscriberError(
    "refused",
    "There is no key to seal secrets with: set ENCRYPTION_KEYS for the gateway, restart it, and try again.",
  );
};

export const openSecrets = async (vault: Vault | undefined, row: SubscriberRow): Promise<Secrets> => {
  return sealedSchema.parse(await vaultToOpen(vault).open(row.id, row.sealed_secrets));
};
