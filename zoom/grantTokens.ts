import { setTimeout as sleep } from "node:timers/promises";
import { ZoomError } from "./errors.ts";
import type { Grant } from "./oauth.ts";
import { isDeadGrant, refreshGrant } from "./oauth.ts";
import type { OAuthApp } from "./tokenRequest.ts";
import type { TokenSource } from "./tokens.ts";
import { timesOf } from "./tokens.ts";

/** A grant as it is kept. Its number grows with each renewal and authorization. */
type KeptGrant = {
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

/** What this process knows of the grant. */
type Known = {
  token?: Held;
  /** The latest token that this process was given by Zoom itself. */
  renewed?: string;
  /** The latest token that Zoom refused. */
  refused?: string;
  /** Renewed, but keeping it failed: Zoom may not take the one before any more. */
  unkept?: { version: number; grant: Grant };
};

type Work = { options: GrantTokensOptions; known: Known; now: () => number };

/**
 * Tokens of somebody who signed in. Each renewal uses up the refresh token, so one process at a time renews, and what it
 * gets is kept before anybody uses it.
 */
export const grantTokens = (options: GrantTokensOptions): TokenSource => {
  const { now = Date.now } = options;
  const known: Known = {};
  const work: Work = { options: { timeoutMs, ...options }, known, now };
  let flight: Promise<Held> | undefined;
  return {
    accessToken: async () => {
      if (known.token && isFresh(work, known.token)) return known.token.value;
      flight ??= current(work).finally(() => {
        flight = undefined;
      });
      return (await flight).value;
    },
    invalidate: (value, minAgeMs = 0) => {
      const { token } = known;
      if (token?.value === value && now() - token.issuedAtMs >= minAgeMs) known.refused = value;
    },
    isAdopted: (value) => value !== known.renewed,
    scopes: () => known.token?.scopes,
  };
};

const isFresh = ({ known, now }: Work, { value, renewAtMs }: Held): boolean =>
  value !== known.refused && now() < renewAtMs;

const isGood = ({ known, now }: Work, { value, expiresAtMs }: Held): boolean =>
  value !== known.refused && now() < expiresAtMs;

const current = async (work: Work): Promise<Held> => {
  const { shelf, pollMs = 100 } = work.options;
  const giveUpAtMs = performance.now() + patienceMs;
  for (;;) {
    const held = await read(work);
    if (isFresh(work, held)) return held;
    const isOurs = await shelf.claim(held.version, leaseMs);
    const renewed = isOurs ? await renew(work, held) : undefined;
    if (renewed) return renewed;
    if (isGood(work, held)) return held;
    if (performance.now() > giveUpAtMs) throw busyError();
    if (!isOurs) await sleep(pollMs);
  }
};

const read = async (work: Work): Promise<Held> => {
  const { options, known } = work;
  if (known.unkept) await keep(work, known.unkept.version, known.unkept.grant);
  const kept = await options.shelf.read();
  if (!kept) throw lostError(options);
  if (known.token?.version === kept.version) return known.token;
  return hold(work, kept.version, kept.grant, kept.ageMs);
};

/** Undefined: somebody else has renewed it meanwhile. */
const renew = async (work: Work, held: Held): Promise<Held | undefined> => {
  const { options, known } = work;
  try {
    return await keep(work, held.version, await refreshGrant(options, held));
  } catch (error) {
    if (isDeadGrant(error)) {
      if (await options.shelf.bury(held.version)) throw lostError(options);
      return undefined;
    }
    if (!known.unkept) await options.shelf.release(held.version);
    if (error instanceof ZoomError && error.retryable && isGood(work, held)) return held;
    throw error;
  }
};

const keep = async (work: Work, version: number, grant: Grant): Promise<Held | undefined> => {
  const { options, known, now } = work;
  known.unkept = { version, grant };
  known.renewed = grant.value;
  const kept = await options.shelf.replace(version, grant);
  delete known.unkept;
  return kept === undefined ? undefined : hold(work, kept, grant, now() - grant.issuedAtMs);
};

const hold = ({ known, now }: Work, version: number, grant: KeptGrant["grant"], ageMs: number): Held => {
  const times = { issuedAtMs: now() - ageMs, lifeMs: grant.lifeMs };
  return (known.token = { ...grant, ...times, ...timesOf(times), version });
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
