import { setTimeout as sleep } from "node:timers/promises";
import { ZoomError } from "./errors.ts";
import type { Grant } from "./oauth.ts";
import { isDeadGrant, refreshGrant } from "./oauth.ts";
import type { OAuthApp } from "./tokenRequest.ts";
import type { TokenSource } from "./tokens.ts";
import { timesOf } from "./tokens.ts";

/** A grant as it is kept. Its number grows with each renewal and authorization. */
export type KeptGrant = {
  version: number;
  /** How long ago it was kept, by the clock of who keeps it: clocks of several machines differ. */
  ageMs: number;
  grant: Pick<Grant, "value" | "refreshToken" | "scopes" | "lifeMs">;
};

/** Where the one grant is that all processes share. */
export type GrantShelf = {
  /** Undefined: there is none, or it is dead. */
  read(): Promise<KeptGrant | undefined>;
  /** false: somebody else is renewing this version, or has. A claim ends by itself after `leaseMs`. */
  claim(version: number, leaseMs: number): Promise<boolean>;
  release(version: number): Promise<void>;
  /** Answers the new version; undefined if there is another one already. */
  replace(version: number, grant: Grant): Promise<number | undefined>;
  /** Zoom accepts this version no more. false: there is another one already. */
  bury(version: number): Promise<boolean>;
};

export type GrantTokensOptions = OAuthApp & {
  shelf: GrantShelf;
  /** What is to be said when somebody has to sign in again. */
  lost: { message: string; advice: string };
  pollMs?: number;
};

type Held = KeptGrant["grant"] & { version: number; issuedAtMs: number } & ReturnType<typeof timesOf>;

/**
 * Three tries of five seconds fit into a claim. Whoever waits for somebody else's renewal outwaits a claim, so that a
 * process that was killed in the middle of one holds up nobody for long.
 */
const leaseMs = 20_000;
const timeoutMs = 5_000;
const patienceMs = 30_000;

/**
 * Tokens of somebody who signed in. Each renewal uses up the refresh token, so one process at a time renews, and what it
 * gets is kept before anybody uses it.
 */
export const grantTokens = ({ pollMs = 100, ...options }: GrantTokensOptions): TokenSource => {
  const { shelf, now = Date.now } = options;
  const app = { timeoutMs, ...options };
  let token: Held | undefined;
  let refused: string | undefined;
  let unkept: { version: number; grant: Grant } | undefined;
  let flight: Promise<Held> | undefined;

  const isFresh = ({ value, renewAtMs }: Held): boolean => value !== refused && now() < renewAtMs;
  const isGood = ({ value, expiresAtMs }: Held): boolean => value !== refused && now() < expiresAtMs;

  const hold = (version: number, grant: Omit<Grant, "issuedAtMs">, ageMs: number): Held => {
    const times = { issuedAtMs: now() - ageMs, lifeMs: grant.lifeMs };
    return (token = { ...grant, ...times, ...timesOf(times), version });
  };

  const keep = async (version: number, grant: Grant): Promise<Held | undefined> => {
    // Should keeping fail, the next call tries it again: Zoom may not take the old one any more.
    unkept = { version, grant };
    const kept = await shelf.replace(version, grant);
    unkept = undefined;
    return kept === undefined ? undefined : hold(kept, grant, now() - grant.issuedAtMs);
  };

  /** Undefined: somebody else has renewed it meanwhile. */
  const renew = async (held: Held): Promise<Held | undefined> => {
    try {
      return await keep(held.version, await refreshGrant(app, held));
    } catch (error) {
      if (!isDeadGrant(error)) {
        if (!unkept) await shelf.release(held.version);
        if (error instanceof ZoomError && error.retryable && isGood(held)) return held;
        throw error;
      }
      if (await shelf.bury(held.version)) throw lostError(options);
      return undefined;
    }
  };

  const read = async (): Promise<Held> => {
    if (unkept) await keep(unkept.version, unkept.grant);
    const kept = await shelf.read();
    if (!kept) throw lostError(options);
    if (token?.version === kept.version) return token;
    return hold(kept.version, kept.grant, kept.ageMs);
  };

  const current = async (): Promise<Held> => {
    const giveUpAtMs = performance.now() + patienceMs;
    for (;;) {
      const held = await read();
      if (isFresh(held)) return held;
      const isOurs = await shelf.claim(held.version, leaseMs);
      const renewed = isOurs ? await renew(held) : undefined;
      if (renewed) return renewed;
      if (isGood(held)) return held;
      if (performance.now() > giveUpAtMs) throw busyError();
      if (!isOurs) await sleep(pollMs);
    }
  };

  return {
    accessToken: async () => {
      if (token && isFresh(token)) return token.value;
      flight ??= current().finally(() => {
        flight = undefined;
      });
      return (await flight).value;
    },
    invalidate: (value, minAgeMs = 0) => {
      if (token?.value === value && now() - token.issuedAtMs >= minAgeMs) refused = value;
    },
    scopes: () => token?.scopes,
  };
};

const place = { method: "POST", path: "/oauth/token" } as const;

const lostError = ({ lost }: GrantTokensOptions): ZoomError =>
  new ZoomError({ ...place, code: "authentication", ...lost });

const busyError = (): ZoomError =>
  new ZoomError({
    ...place,
    code: "unavailable",
    message: "No access token: another process is renewing it and does not come to an end",
  });
