import { setTimeout as sleep } from "node:timers/promises";
import type { Abilities } from "../domain/abilities.ts";
import type { Connector } from "../domain/connector.ts";
import { checkPool } from "./checkHosts.ts";
import type { ZoomAccount } from "./zoomAccount.ts";

/** How long lint waits for Zoom; what comes later serves the next one. */
const patienceMs = 1_000;

/** A scope that was granted meanwhile is in the next token. */
const trustMs = 10 * 60_000;
const trustFailureMs = 30_000;

type Look = { version: string; untilMs: number; found: Promise<Abilities | undefined> };

type Subject = { connector: Connector; version: string; account: () => Promise<ZoomAccount> };

/** What accounts can do, looked up once in a while. Nothing is said of one that cannot be asked in time. */
export const createAbilities = (nowMs: () => number = () => performance.now()) => {
  const looks = new Map<string, Look>();

  const begin = ({ connector, version, account }: Subject): Look => {
    const look: Look = { version, untilMs: nowMs() + trustMs, found: abilitiesOf(connector, account) };
    look.found = look.found.catch(() => {
      look.untilMs = nowMs() + trustFailureMs;
      return undefined;
    });
    looks.set(connector.id, look);
    return look;
  };

  return {
    of: async (subject: Subject): Promise<Abilities | undefined> => {
      const known = looks.get(subject.connector.id);
      const isGood = known?.version === subject.version && nowMs() < known.untilMs;
      const { found } = isGood ? known : begin(subject);
      const patience = new AbortController();
      try {
        const late = sleep(patienceMs, undefined, { signal: patience.signal, ref: false });
        return await Promise.race([found, late.catch(() => undefined)]);
      } finally {
        patience.abort();
      }
    },
    /** Somebody has just tried it out. */
    forget: (id: string): void => void looks.delete(id),
  };
};

/** One licensed host will do. */
const abilitiesOf = async (connector: Connector, account: () => Promise<ZoomAccount>): Promise<Abilities> => {
  const { client, tokens } = await account();
  await tokens.accessToken();
  const hosts = await checkPool({ client }, connector, (so) =>
    so.some(({ verdict }) => verdict === "licensed"),
  );
  const scopes = tokens.scopes();
  return { scopes, hosts, plan: connector.plan };
};
