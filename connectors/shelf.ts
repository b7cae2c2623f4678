import { z } from "zod";
import type { Store } from "../store/index.ts";
import type { GrantShelf } from "../zoom/grantTokens.ts";
import type { Grant } from "../zoom/oauth.ts";

const grantSchema = z.object({
  value: z.string(),
  refreshToken: z.string(),
  scopes: z.array(z.string()).optional(),
  lifeMs: z.number(),
});

/** A grant as it is sealed: how long ago it was issued, the database's clock knows. */
export const keptGrant = ({ value, refreshToken, scopes, lifeMs }: Grant): object => ({
  value,
  refreshToken,
  scopes,
  lifeMs,
});

type Seal = { seal: (grant: object) => Promise<string>; open: (sealed: string) => Promise<unknown> };

/** The grant of one connector, in the store that all processes share, sealed. */
export const shelfOf = ({ connectors }: Store, id: string, { seal, open }: Seal): GrantShelf => ({
  read: async () => {
    const kept = await connectors.readGrant(id);
    if (!kept) return undefined;
    const { scopes, ...grant } = grantSchema.parse(await open(kept.sealed));
    return { version: kept.version, ageMs: kept.ageMs, grant: { ...grant, scopes } };
  },
  claim: (version, leaseMs) => connectors.claimGrant(id, version, leaseMs),
  release: (version) => connectors.releaseGrant(id, version),
  replace: async (version, grant) => connectors.replaceGrant(id, version, await seal(keptGrant(grant))),
  bury: (version) => connectors.buryGrant(id, version),
});
