import type { ActionFacts } from "./catalogue.ts";
import type { HostCheck, ZoomPlan } from "./connector.ts";
import type { Json } from "./plan.ts";
import { hasScope, scopesToAdd } from "./scopes.ts";

/** What is known of a Zoom account: scopes are undefined where Zoom did not say. */
export type Abilities = {
  scopes: readonly string[] | undefined;
  hosts: readonly Pick<HostCheck, "verdict">[];
  plan: ZoomPlan | null;
};

/** Why an action does not work in an account, or not for long. */
export type Lack = {
  verdict: "limited" | "missing";
  missing_scopes: string[][];
  problem: string;
  advice: string;
};

/** What an action lacks, or a step with this input. */
export const lackOf = (
  facts: ActionFacts,
  abilities: Abilities,
  input?: { [field: string]: Json },
): Lack | undefined =>
  scopeLack(facts, abilities, input) ??
  planLack(facts, abilities) ??
  ("host" in facts.input.shape && input?.["host"] === undefined ? hostLack(abilities) : undefined);

const scopeLack = (
  { scopes, optionScopes = {} }: ActionFacts,
  { scopes: granted }: Abilities,
  input: { [field: string]: Json } = {},
): Lack | undefined => {
  const ofOptions = Object.entries(optionScopes).flatMap(([field, needed]) =>
    input[field] === undefined ? [] : needed,
  );
  const missing = [...scopes, ...ofOptions].filter((anyOf) => !hasScope(granted, anyOf));
  if (missing.length === 0) return undefined;
  return {
    verdict: "missing",
    missing_scopes: missing.map((anyOf) => [...anyOf]),
    problem: `The app lacks ${missing.map((anyOf) => scopesToAdd(anyOf, granted).join(" or ")).join(", ")}`,
    advice:
      "Add these scopes to the app in Zoom's Marketplace; an app that people sign in to then wants a new sign-in.",
  };
};

const notOnFree: { [category in ActionFacts["category"]]?: string } = {
  recordings: "Zoom's free plan has no recordings in the cloud",
  attendance: "On Zoom's free plan nobody is told who was on a call",
  webinars: "Zoom's free plan has no webinars",
};

const planLack = ({ category }: ActionFacts, { plan }: Abilities): Lack | undefined => {
  const problem = plan === "free" ? notOnFree[category] : undefined;
  return problem === undefined
    ? undefined
    : {
        verdict: "missing",
        missing_scopes: [],
        problem,
        advice: "Upgrade the account in Zoom; if it is, say so: zoom-runbooks connector edit --plan.",
      };
};

const shortCalls = (problem: string, advice: string): Lack => ({
  verdict: "limited",
  missing_scopes: [],
  problem: `${problem}: meetings end after 40 minutes`,
  advice,
});

/** What actions lack that need a host, unless each of their steps names one. */
const hostLack = ({ hosts, plan }: Abilities): Lack | undefined => {
  const has = (verdict: HostCheck["verdict"]): boolean => hosts.some((each) => each.verdict === verdict);
  if (plan === "free") return shortCalls("The account has Zoom's free plan", "Upgrade it in Zoom.");
  if (has("licensed") || has("unknown")) return undefined;
  if (has("basic"))
    return shortCalls(
      "No host has a licence",
      "Give a host a licence in Zoom's user management, or connect with hosts that have one.",
    );
  return {
    verdict: "missing",
    missing_scopes: [],
    problem: hosts.length === 0 ? "The connector has no hosts" : "None of the connector's hosts can host",
    advice: "Connect with hosts that are active users of the account, or name one in each step's host.",
  };
};
