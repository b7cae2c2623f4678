import type { Means } from "./catalogue.ts";
import { connectorNamed } from "./connectorChoice.ts";
import type { Mark } from "./lint.ts";
import { nearestName } from "./problems.ts";
import type { Runbook } from "./runbook.ts";
import { isAction, placedSteps } from "./steps.ts";

/** Zoom accounts that a runbook names must be there, where it is known which there are. */
export const lintConnectors = (runbook: Runbook, { connectors }: Means): Mark[] => {
  if (!connectors) return [];
  return namesIn(runbook).flatMap(({ name, keys }): Mark[] => {
    if (connectorNamed(connectors, name)) return [];
    return [unknownConnector(name, keys, connectors)];
  });
};

const namesIn = (runbook: Runbook): { name: string; keys: PropertyKey[] }[] => [
  ...(runbook.connector === undefined ? [] : [{ name: runbook.connector, keys: ["connector"] }]),
  ...placedSteps(runbook).flatMap(({ step, keys }) =>
    isAction(step) && step.connector !== undefined
      ? [{ name: step.connector, keys: [...keys, "connector"] }]
      : [],
  ),
];

const unknownConnector = (
  given: string,
  keys: PropertyKey[],
  connectors: NonNullable<Means["connectors"]>,
): Mark => {
  const names = connectors.map(({ name }) => name);
  const nearest = nearestName(given, names);
  const there =
    names.length === 0
      ? "none is connected, see zoom-runbooks connector add"
      : `there are ${names.join(", ")}`;
  return {
    level: "error",
    keys,
    message: `there is no connector "${given}"; ${nearest ? `did you mean ${nearest}?` : there}`,
    ...(nearest && { nearest }),
  };
};
