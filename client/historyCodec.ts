import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { Payload, PayloadCodec } from "@temporalio/common";
import proto from "@temporalio/proto";
import type { EncryptionKeys } from "../connectors/keys.ts";

/** A payload of a history cannot be read: its key is missing, or it was changed. Says nothing of what is in it. */
export class HistoryCodecError extends Error {
  override readonly name = "HistoryCodecError";
}

const encrypted = "binary/encrypted";
const keyIdName = "encryption-key-id";
const algorithm = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;

const { Payload: wire } = proto.temporal.api.common.v1;

/** Not the keys themselves: whoever may have histories decrypted must not have a connector's secrets opened so. */
const forHistories = (key: Uint8Array): Uint8Array =>
  new Uint8Array(hkdfSync("sha256", key, "", "zoom-runbooks histories", 32));

/**
 * Encrypts what workflows are told, tell and keep, as AES-256-GCM with the first key. Reads what any of the keys
 * encrypted, and what was written in plain before; with `encrypts` false it only reads.
 */
export const createHistoryCodec = (keys: EncryptionKeys, { encrypts = true } = {}): PayloadCodec => {
  const derived = new Map(keys.map(({ id, key }) => [id, forHistories(key)]));
  const [{ id: first }] = keys;

  const keyOf = (id: string): Uint8Array => {
    const key = derived.get(id);
    if (key) return key;
    throw new HistoryCodecError(
      `The history is encrypted with the key "${id}", which ENCRYPTION_KEYS does not hold`,
    );
  };

  return {
    encode: async (payloads) =>
      encrypts ? payloads.map((payload) => encryptedPayload(payload, first, keyOf(first))) : payloads,
    decode: async (payloads) => payloads.map((payload) => decryptedPayload(payload, keyOf)),
  };
};

const textOf = ({ metadata }: Payload, name: string): string =>
  Buffer.from(metadata?.[name] ?? []).toString();

const encryptedPayload = (payload: Payload, id: string, key: Uint8Array): Payload => {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce);
  const text = [cipher.update(wire.encode(payload).finish()), cipher.final()];
  return {
    metadata: { encoding: Buffer.from(encrypted), [keyIdName]: Buffer.from(id) },
    data: Buffer.concat([nonce, ...text, cipher.getAuthTag()]),
  };
};

const decryptedPayload = (payload: Payload, keyOf: (id: string) => Uint8Array): Payload => {
  if (textOf(payload, "encoding") !== encrypted) return payload;
  const id = textOf(payload, keyIdName);
  const key = keyOf(id);
  const data = Buffer.from(payload.data ?? []);
  try {
    const decipher = createDecipheriv(algorithm, key, data.subarray(0, nonceBytes), {
      authTagLength: tagBytes,
    });
    decipher.setAuthTag(data.subarray(-tagBytes));
    const text = [decipher.update(data.subarray(nonceBytes, -tagBytes)), decipher.final()];
    return wire.decode(Buffer.concat(text));
  } catch {
    throw new HistoryCodecError(
      `What is encrypted with the key "${id}" was changed, or ENCRYPTION_KEYS holds another key under that id`,
    );
  }
};
