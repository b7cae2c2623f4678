import type { Abilities } from "../domain/abilities.ts";
import { lackOf } from "../domain/abilities.ts";
import type { ActionFacts, Catalogue } from "../domain/catalogue.ts";
import type { Connector, ConnectorCheck } from "../domain/connector.ts";
import { hasScope, scopesToAdd } from "../domain/scopes.ts";
import { ZoomError } from "../zoom/errors.ts";
import { adviceOn } from "./explain.ts";
import { checkPool } from "./checkHosts.ts";
import type { ZoomAccount } from "./zoomAccount.ts";

/** What somebody granted lately a token of before does not say. */
const trustTokenMs = 10_000;

/** What is tried out, and when one of its webhooks was last heard. */
export type Subject = { connector: Connector; account: ZoomAccount; heardAt: string | undefined };

/** Tries a connector out: what of the catalogue it can do, and what it lacks for the rest. Changes nothing in Zoom. */
export const checkConnector = async (
  { connector, account, heardAt }: Subject,
  catalogue: Catalogue,
): Promise<ConnectorCheck> => {
  const webhooks = checkWebhooks(connector, heardAt);
  const refused = await authenticate(account);
  if (refused) return { ...refusedCheck(connector, refused), webhooks };
  const scopes = account.tokens.scopes();
  const hosts = await checkPool(account, connector);
  const abilities = { scopes, hosts, plan: connector.plan };
  const actions = [...catalogue.values()]
    .filter((action) => action.scopes.length > 0)
    .map((action) => checkAction(action, abilities));
  const works = actions.every(({ verdict }) => verdict === "works");
  return { connector, works, problem: null, advice: null, scopes: scopes ?? null, hosts, webhooks, actions };
};

type Action = ConnectorCheck["actions"][number];

const refusedCheck = (connector: Connector, error: ZoomError): Omit<ConnectorCheck, "webhooks"> => ({
  connector,
  works: false,
  problem: error.message,
  advice: adviceOn(error),
  scopes: null,
  hosts: [],
  actions: [],
});

const authenticate = async ({ tokens }: ZoomAccount): Promise<ZoomError | undefined> => {
  try {
    tokens.invalidate(await tokens.accessToken(), trustTokenMs);
    await tokens.accessToken();
    return undefined;
  } catch (error) {
    if (error instanceof ZoomError) return error;
    throw error;
  }
};

const checkAction = (facts: ActionFacts, abilities: Abilities): Action => ({
  action: facts.key,
  title: facts.title,
  ...(lackOf(facts, abilities) ?? { verdict: "works", missing_scopes: [], problem: null, advice: null }),
});

/** Scopes that were not granted, any one of each group, and the actions that do not work without. */
export type MissingScopes = { anyOf: readonly string[]; actions: string[] }[];

export const missingScopes = (
  catalogue: Catalogue,
  granted: readonly string[] | undefined,
): MissingScopes => {
  const groups = new Map<string, MissingScopes[number]>();
  for (const { key, scopes } of catalogue.values())
    for (const anyOf of scopes.filter((each) => !hasScope(granted, each))) {
      const name = anyOf.join();
      const group = groups.get(name) ?? { anyOf: scopesToAdd(anyOf, granted), actions: [] };
      group.actions.push(key);
      groups.set(name, group);
    }
  return [...groups.values()];
};

/** Meetings are followed without webhooks, too, some minutes behind. */
const checkWebhooks = (
  { webhook_secret_tokens: known }: Connector,
  heardAt: string | undefined,
): ConnectorCheck["webhooks"] => {
  if (heardAt !== undefined) return { heard_at: heardAt, problem: null, advice: null };
  if (known === 0)
    return {
      heard_at: null,
      problem: "No webhook can be heard: the connector has no secret token to verify one by",
      advice:
        "Give it those of the app's event subscription: zoom-runbooks connector edit --webhook-secret-tokens.",
    };
  return {
    heard_at: null,
    problem: "No webhook was ever heard",
    advice:
      "See that the app's event subscription in Zoom's Marketplace leads to <PUBLIC_URL>/webhooks/zoom, that its secret token is the connector's, and that Zoom reaches that address.",
  };
};
