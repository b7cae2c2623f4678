import type { AdminLinks, ApiKey, ApiKeyRole, ApiKeys, Audit, Store } from "../store/index.ts";
import { hashOfKey, newId, newSecret } from "./secrets.ts";

/** As many characters as tell keys apart; what is left of them is still beyond guessing. */
const prefixLength = 10;

type NewKey = { name: string; role: ApiKeyRole; by: string; expiresAt?: string | null; idPrefix?: string };

/** The key itself is in this answer and nowhere else. */
export const createKey = async (
  keys: ApiKeys,
  { name, role, by, expiresAt = null, idPrefix = "key" }: NewKey,
): Promise<ApiKey & { key: string }> => {
  const key = `zrb_${newSecret()}`;
  const row = await keys.create({
    id: newId(idPrefix),
    name,
    role,
    hash: hashOfKey(key),
    prefix: key.slice(0, prefixLength),
    created_by: by,
    expires_at: expiresAt,
  });
  return { ...row, key };
};

export const configuredKeyId = "configured";

type KeyStore = Pick<Store, "apiKeys" | "audit">;

/** Nobody called for it, but an administrator's key came or went. */
const tell = (audit: Audit, action: string, summary: string, target: string): Promise<void> =>
  audit.record({ actor_kind: "system", actor_id: "gateway", actor_name: "gateway", action, summary, target });

/** Makes the key from the configuration the one configured key; what is configured no more is none. */
export const useConfiguredKey = async (
  { apiKeys, audit }: KeyStore,
  key: string | undefined,
): Promise<void> => {
  const hash = key === undefined ? undefined : hashOfKey(key);
  if (hash !== undefined && (await apiKeys.findByHash(hash))) return;
  if (await apiKeys.remove(configuredKeyId))
    await tell(audit, "key.configured_removed", "ADMIN_API_KEY is another one now, or none", configuredKeyId);
  if (hash === undefined) return;
  await apiKeys.create({ id: configuredKeyId, name: "admin (configured)", role: "admin", hash });
  await tell(audit, "key.configured", "ADMIN_API_KEY is an admin's key now", configuredKeyId);
};

/** A new admin key when there is no key at all, to be shown once. */
export const createFirstKey = async ({ apiKeys, audit }: KeyStore): Promise<string | undefined> => {
  if ((await apiKeys.count()) > 0) return undefined;
  const first = { name: "admin (first start)", role: "admin", by: "first start", idPrefix: "first" } as const;
  const { key, id } = await createKey(apiKeys, first);
  await tell(audit, "key.first", "The first start made an admin's key and a link", id);
  return key;
};

export const adminLinkPath = "/sign-in/link";

const adminLinkLifeMs = 15 * 60_000;

/** A link that signs an administrator in, once, within a quarter of an hour. */
export const createAdminLink = async (links: AdminLinks, publicUrl: string): Promise<string> => {
  const token = newSecret();
  await links.create(hashOfKey(token), adminLinkLifeMs);
  return `${publicUrl.replace(/\/$/, "")}${adminLinkPath}?token=${token}`;
};
