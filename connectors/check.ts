import type { ActionFacts, Catalogue } from "../domain/catalogue.ts";
import type { Connector, ConnectorCheck } from "../domain/connector.ts";
import { ZoomError } from "../zoom/errors.ts";
import { hasScope, scopesToAdd } from "../zoom/scopes.ts";
import { getUser } from "../zoom/users.ts";
import { adviceOn } from "./explain.ts";
import type { ZoomAccount } from "./zoomAccount.ts";

/** What somebody granted lately a token of before does not say. */
const trustTokenMs = 10_000;

/** Tries a connector out: what of the catalogue it can do, and what it lacks for the rest. Changes nothing in Zoom. */
export const checkConnector = async (
  connector: Connector,
  account: ZoomAccount,
  catalogue: Catalogue,
): Promise<ConnectorCheck> => {
  const refused = await authenticate(account);
  if (refused) return refusedCheck(connector, refused);
  const scopes = account.tokens.scopes();
  const hosts: Host[] = [];
  for (const host of await account.hosts()) hosts.push(await checkHost(account, host));
  const actions = [...catalogue.values()]
    .filter((action) => action.scopes.length > 0)
    .map((action) => checkAction(action, scopes, hosts));
  const works = actions.every(({ verdict }) => verdict === "works");
  return { connector, works, problem: null, advice: null, scopes: scopes ?? null, hosts, actions };
};

type Host = ConnectorCheck["hosts"][number];
type Action = ConnectorCheck["actions"][number];

const refusedCheck = (connector: Connector, error: ZoomError): ConnectorCheck => ({
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

const checkHost = async ({ client }: ZoomAccount, host: string): Promise<Host> => {
  try {
    const { isLicensed, status } = await getUser(client, host);
    if (status === "inactive" || status === "pending")
      return { host, verdict: "unusable", problem: `Zoom says the user is ${status}` };
    return isLicensed
      ? { host, verdict: "licensed", problem: null }
      : { host, verdict: "basic", problem: "has no licence: meetings end after 40 minutes" };
  } catch (error) {
    if (!(error instanceof ZoomError)) throw error;
    if (error.code === "not_found")
      return { host, verdict: "unusable", problem: "is no user of the account" };
    return { host, verdict: "unknown", problem: `could not be looked up: ${error.message}` };
  }
};

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

const checkAction = (facts: ActionFacts, granted: string[] | undefined, hosts: Host[]): Action => {
  const named = { action: facts.key, title: facts.title };
  const missing = facts.scopes.filter((anyOf) => !hasScope(granted, anyOf)).map((anyOf) => [...anyOf]);
  if (missing.length > 0)
    return {
      ...named,
      verdict: "missing",
      missing_scopes: missing,
      problem: `The app lacks ${missing.map((anyOf) => scopesToAdd(anyOf, granted).join(" or ")).join(", ")}`,
      advice:
        "Add these scopes to the app in Zoom's Marketplace; an app that people sign in to then wants a new sign-in.",
    };
  const lack = "host" in facts.input.shape ? hostLack(hosts) : undefined;
  if (lack) return { ...named, missing_scopes: [], ...lack };
  return { ...named, verdict: "works", missing_scopes: [], problem: null, advice: null };
};

/** What actions lack that need a host, unless each of their steps names one. */
const hostLack = (hosts: Host[]): Pick<Action, "verdict" | "problem" | "advice"> | undefined => {
  const has = (verdict: Host["verdict"]): boolean => hosts.some((each) => each.verdict === verdict);
  if (has("licensed") || has("unknown")) return undefined;
  if (has("basic"))
    return {
      verdict: "limited",
      problem: "No host has a licence: meetings end after 40 minutes",
      advice: "Give a host a licence in Zoom's user management, or connect with hosts that have one.",
    };
  return {
    verdict: "missing",
    problem: hosts.length === 0 ? "The connector has no hosts" : "None of the connector's hosts can host",
    advice: "Connect with hosts that are active users of the account, or name one in each step's host.",
  };
};
