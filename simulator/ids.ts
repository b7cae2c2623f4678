import { randomBytes, randomInt, randomUUID } from "node:crypto";

/** Everything secret the simulator makes up contains this, so that a leak can be searched for. */
const SECRET_MARK = "sim-secret";

export const secret = (purpose: string): string =>
  `${SECRET_MARK}-${purpose}-${randomBytes(18).toString("base64url")}`;

export const zoomUserId = (): string => randomBytes(16).toString("base64url");

export const meetingId = (): number => 80_000_000_000 + randomInt(19_999_999_999);

export const participantUuid = (): string => randomUUID().toUpperCase();

export const fileId = (): string => randomUUID();

export const passcode = (): string => randomBytes(9).toString("base64url").replace(/[-_]/g, "7").slice(0, 10);

export const digits = (length: number): string => String(randomInt(10 ** (length - 1), 10 ** length));

/** As Zoom writes them: 6009d653_d487_445d_8406_42b654974899. */
export const requestId = (): string => randomUUID().replaceAll("-", "_");

export const trackingId = (): string => `v=2.0;clid=us02;rid=WEB_${randomBytes(16).toString("hex")}`;

export type UuidStyle = "mixed" | "plain" | "slash" | "doubleSlash";

const MIXED_STYLES = ["plain", "slash", "plain", "doubleSlash"] as const;

/** Base64 of 16 bytes. Every second one needs double encoding in a path, so no client gets away without. */
export function sessionUuid(style: UuidStyle, counter: number): string {
  const wanted = style === "mixed" ? MIXED_STYLES[counter % MIXED_STYLES.length] : style;
  if (wanted === "slash") return base64With([[0, 0xfc]]);
  if (wanted === "doubleSlash")
    return base64With([
      [6, 0xff],
      [7, 0xf0],
    ]);
  const uuid = base64With([]);
  return needsDoubleEncoding(uuid) ? sessionUuid("plain", counter) : uuid;
}

export const needsDoubleEncoding = (uuid: string): boolean => uuid.startsWith("/") || uuid.includes("//");

function base64With(bits: [index: number, mask: number][]): string {
  const bytes = randomBytes(16);
  for (const [index, mask] of bits) bytes[index] = (bytes[index] ?? 0) | mask;
  return bytes.toString("base64");
}
