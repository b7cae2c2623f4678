import type { AdminLinks, ApiKey, ApiKeyRole, ApiKeys } from "../store/index.ts";
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

/** Makes the key from the configuration the one configured key; what is configured no more is none. */
export const useConfiguredKey = async (keys: ApiKeys, key: string | undefined): Promise<void> => {
  const hash = key === undefined ? undefined : hashOfKey(key);
  if (hash !== undefined && (await keys.findByHash(hash))) return;
  await keys.remove(configuredKeyId);
  if (hash === undefined) return;
  await keys.create({ id: configuredKeyId, name: "admin (configured)", role: "admin", hash });
};

/** A new admin key when there is no key at all, to be shown once. */
export const createFirstKey = async (keys: ApiKeys): Promise<string | undefined> => {
  if ((await keys.count()) > 0) return undefined;
  const first = { name: "admin (first start)", role: "admin", by: "first start", idPrefix: "first" } as const;
  return (await createKey(keys, first)).key;
};

export const adminLinkPath = "/sign-in/link";

const adminLinkLifeMs = 15 * 60_000;

/** A link that signs an administrator in, once, within a quarter of an hour. */
export const createAdminLink = async (links: AdminLinks, publicUrl: string): Promise<string> => {
  const token = newSecret();
  await links.create(hashOfKey(token), adminLinkLifeMs);
  return `${publicUrl.replace(/\/$/, "")}${adminLinkPath}?token=${token}`;
};
