import type { Resealing } from "../domain/resealing.ts";
import type { SealedValue, Store } from "../store/index.ts";
import type { Vault } from "./vault.ts";
import { sealingKeyOf, VaultError } from "./vault.ts";

type Pass = Omit<Resealing, "key" | "unused_keys"> & { missed: number; keysInUse: Set<string> };

/** Somebody who changes a value just then gets another look; whoever does so for ever has an old configuration. */
const maxPasses = 5;

/**
 * Seals anew with the first key whatever is sealed with another one: value by value, each only if it is still what was
 * read, so that it may be interrupted, repeated, and run beside renewals of grants.
 */
export const reseal = async ({ sealed }: Store, vault: Vault): Promise<Resealing> => {
  let resealed = 0;
  for (let n = 1; ; n += 1) {
    const pass = await passOver(sealed.all(), vault);
    resealed += pass.resealed;
    if (pass.missed > 0 && n < maxPasses) continue;
    const { total, unreadable, keysInUse } = pass;
    const unused_keys = vault.keyIds.slice(1).filter((id) => !keysInUse.has(id));
    return { key: vault.keyIds[0], resealed, total, unreadable, unused_keys };
  }
};

const passOver = async (values: AsyncIterable<SealedValue>, vault: Vault): Promise<Pass> => {
  const pass: Pass = { resealed: 0, total: 0, unreadable: [], missed: 0, keysInUse: new Set() };
  for await (const value of values) {
    pass.total += 1;
    const { place, owner, sealed } = value;
    const key = sealingKeyOf(sealed);
    const outcome = await resealedValue(value, key, vault);
    if (outcome === "resealed") pass.resealed += 1;
    else if (outcome === "missed") pass.missed += 1;
    else if (outcome instanceof VaultError) pass.unreadable.push({ place, owner, reason: outcome.message });
    if (outcome !== "resealed") pass.keysInUse.add(key);
  }
  return pass;
};

const resealedValue = async (
  { owner, sealed, ...value }: SealedValue,
  key: string,
  vault: Vault,
): Promise<"kept" | "resealed" | "missed" | VaultError> => {
  try {
    const secrets = await vault.open(owner, sealed);
    if (key === vault.keyIds[0]) return "kept";
    return (await value.replace(await vault.seal(owner, secrets as object))) ? "resealed" : "missed";
  } catch (error) {
    if (error instanceof VaultError) return error;
    throw error;
  }
};
