import { randomBytes, randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { compactDecrypt, CompactEncrypt, decodeProtectedHeader, errors } from "jose";
import type { EncryptionKeys } from "./keys.ts";
import { keysFrom } from "./keys.ts";

/** Seals what must not be read in the database. What was sealed for one owner opens for no other. */
export type Vault = {
  seal(owner: string, secrets: object): Promise<string>;
  open(owner: string, sealed: string): Promise<unknown>;
  /** Ids of the keys there are. The first one seals. */
  keyIds: readonly [string, ...string[]];
};

/** What was sealed cannot be opened: the key is missing, or it was tampered with. Says nothing of what is in it. */
export class VaultError extends Error {
  override readonly name = "VaultError";
}

/** To open with; without keys nothing opens. */
export const vaultToOpen = (vault: Vault | undefined): Vault => {
  if (vault) return vault;
  throw new VaultError("there is no key: ENCRYPTION_KEYS is not set");
};

/** Which key it was sealed with, as it says itself. */
export const sealingKeyOf = (sealed: string): string => {
  try {
    return decodeProtectedHeader(sealed).kid ?? "";
  } catch {
    return "";
  }
};

const algorithms = { alg: "dir", enc: "A256GCM" } as const;

/** JWE, compact. The owner stands in its header, which the encryption authenticates. */
export const createVault = (keys: EncryptionKeys): Vault => {
  const known = new Map(keys.map(({ id, key }) => [id, key]));
  const [sealing, ...others] = keys;

  const keyFor = ({ kid = "" }: { kid?: string }): Uint8Array => {
    const key = known.get(kid);
    if (key) return key;
    throw new VaultError(`it is sealed with the key "${kid}", which ENCRYPTION_KEYS does not hold`);
  };

  return {
    keyIds: [sealing.id, ...others.map(({ id }) => id)],

    seal: (owner, secrets) =>
      new CompactEncrypt(Buffer.from(JSON.stringify(secrets)))
        .setProtectedHeader({ ...algorithms, kid: sealing.id, sub: owner })
        .encrypt(sealing.key),

    open: async (owner, sealed) => {
      const { plaintext, protectedHeader } = await compactDecrypt(sealed, keyFor, {
        keyManagementAlgorithms: [algorithms.alg],
        contentEncryptionAlgorithms: [algorithms.enc],
      }).catch((error: unknown) => {
        if (error instanceof errors.JOSEError)
          throw new VaultError("it was changed, or ENCRYPTION_KEYS holds another key under the same id");
        throw error;
      });
      if (protectedHeader.sub !== owner) throw new VaultError("it was sealed for something else");
      return JSON.parse(Buffer.from(plaintext).toString()) as unknown;
    },
  };
};

/**
 * The vault of the embedded store, which nobody is asked for keys for: one is made, and kept beside the data where there is
 * a folder for them. Data in memory are gone with the process, and so is their key.
 */
export const openEmbeddedVault = async (dataDir?: string): Promise<Vault> =>
  createVault(keysFrom(dataDir === undefined ? generated() : await keptIn(dataDir)));

const generated = (): string => `generated:${randomBytes(32).toString("base64")}`;

/** Whole or not there at all: of several processes that make one, all read the one that was first. */
const keptIn = async (folder: string): Promise<string> => {
  const path = join(folder, "encryption-keys");
  const mine = `${path}.${randomUUID()}`;
  await mkdir(folder, { recursive: true });
  await writeFile(mine, generated(), { flag: "wx", mode: 0o600 });
  const linked = await link(mine, path).catch((error: NodeJS.ErrnoException) => error);
  await rm(mine);
  if (linked && linked.code !== "EEXIST") throw linked;
  return readFile(path, "utf8");
};
