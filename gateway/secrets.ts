import { createHash, randomBytes } from "node:crypto";

/** 192 random bits: nobody guesses them, so a plain hash keeps them safe. */
export const newSecret = (): string => randomBytes(24).toString("base64url");

/** What is kept of keys, links and sessions. */
export const hashOfKey = (key: string): string => createHash("sha256").update(key).digest("hex");

/** Tells things apart; opens nothing. */
export const newId = (kind: string): string => `${kind}-${randomBytes(6).toString("hex")}`;
