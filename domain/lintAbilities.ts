import { lackOf } from "./abilities.ts";
import type { ActionFacts, Means } from "./catalogue.ts";
import type { KnownConnector } from "./connectorChoice.ts";
import { knownFor, writtenConnector } from "./connectorChoice.ts";
import type { Mark } from "./lint.ts";
import type { Json } from "./plan.ts";
import type { ActionStepDocument, Runbook } from "./runbook.ts";
import { isAction, placedSteps } from "./steps.ts";

type Placed = {
  step: ActionStepDocument;
  keys: PropertyKey[];
  facts: ActionFacts;
  connector: KnownConnector;
};

/** The steps that ask Zoom for something, each with the account that it would ask today. */
const inZoom = (runbook: Runbook, { catalogue, connectors = [] }: Means): Placed[] =>
  placedSteps(runbook).flatMap(({ step, keys }): Placed[] => {
    if (!isAction(step)) return [];
    const facts = catalogue.get(step.action);
    const connector = knownFor(connectors, writtenConnector(runbook, step));
    return facts && connector && facts.scopes.length > 0 ? [{ step, keys, facts, connector }] : [];
  });

/** Accounts that a runbook asks Zoom for something in. */
export const connectorsUsed = (runbook: Runbook, means: Means): string[] => [
  ...new Set(inZoom(runbook, means).map(({ connector }) => connector.id)),
];

/** Steps that would fail in their account, as far as it is known what it can do. */
export const lintAbilities = (runbook: Runbook, means: Means): Mark[] =>
  inZoom(runbook, means).flatMap(({ step, keys, facts, connector }): Mark[] => {
    const input = step.input as { [field: string]: Json };
    const lack = connector.abilities && lackOf(facts, connector.abilities, input);
    if (!lack) return [];
    const outcome = lack.verdict === "missing" ? "would fail" : "would be cut short";
    const message = `${outcome} in the Zoom account of the connector ${connector.name}. ${lack.problem}. ${lack.advice}`;
    return [{ level: "warning", keys: [...keys, "action"], message }];
  });
