import { z } from "zod";

/** A key that secrets are sealed with, known by its id. */
type EncryptionKey = { id: string; key: Uint8Array };

export type EncryptionKeys = readonly [EncryptionKey, ...EncryptionKey[]];

const keyBytes = 32;

/** Reads `id:base64, id:base64`; the first one seals. Throws what is wrong, without a word of any key. */
export const keysFrom = (text: string): EncryptionKeys => {
  const entries = text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(keyFrom);
  const [first, ...rest] = entries;
  if (!first) throw new Error(`needs at least one key: id:${keyBytes} bytes in base64`);
  const twice = entries.find(({ id }, index) => entries.findIndex((each) => each.id === id) !== index);
  if (twice) throw new Error(`has two keys with the id "${twice.id}"`);
  return [first, ...rest];
};

const keyFrom = (text: string, index: number): EncryptionKey => {
  const [, id, encoded] = /^([A-Za-z0-9_-]{1,64}):([A-Za-z0-9+/_-]+={0,2})$/.exec(text) ?? [];
  const place = `key ${index + 1}`;
  if (id === undefined || encoded === undefined)
    throw new Error(`${place} is not like id:base64, the id of letters, digits, _ and -`);
  const key = Buffer.from(encoded, "base64");
  if (key.length !== keyBytes) throw new Error(`${place} ("${id}") has ${key.length} bytes, not ${keyBytes}`);
  return { id, key: new Uint8Array(key) };
};

export const keysText = z.string().transform((text, context): EncryptionKeys => {
  try {
    return keysFrom(text);
  } catch (error) {
    context.addIssue((error as Error).message);
    return z.NEVER;
  }
});
