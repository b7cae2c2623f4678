import { createHash } from "node:crypto";

/*
 * Who was invited to a live meeting, as one key: the same of what we ask for and of what Zoom's webhooks tell.
 * Numbers and addresses stand in it as digests, since keys go into histories.
 */

const digest = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

export const contactKey = ({ email, id }: { email?: string | undefined; id?: string | undefined }): string =>
  `contact:${(email || id || "").toLowerCase()}`;

/** Of a number as Zoom dials it. Its webhooks write it as an integer, without plus and extension. */
export const phoneKey = (number: string): string => `phone:${digest(digitsOf(number.replace(/-\d+$/, "")))}`;

export const roomKey = (address: string): string => `room:${digest(address.trim().toLowerCase())}`;

const digitsOf = (number: string): string => number.replaceAll(/\D/g, "").replace(/^0+/, "");
