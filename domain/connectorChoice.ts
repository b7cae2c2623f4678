import type { Abilities } from "./abilities.ts";
import type { Means } from "./catalogue.ts";
import type { MeetingDefaults } from "./meetingDefaults.ts";
import { defaultsFor, over } from "./meetingDefaults.ts";
import type { Json } from "./plan.ts";
import type { ActionStepDocument, Runbook } from "./runbook.ts";
import type { Severity } from "./severity.ts";

/** What runbooks are checked and planned with of a connector. */
export type KnownConnector = {
  id: string;
  name: string;
  is_default: boolean;
  meeting_defaults: MeetingDefaults | null;
  /** Where it is known what it can do. */
  abilities?: Abilities | undefined;
};

/** By id, or by name whatever its case. */
export const connectorNamed = <Each extends { id: string; name: string }>(
  connectors: readonly Each[],
  given: string,
): Each | undefined =>
  connectors.find(({ id }) => id === given) ??
  connectors.find(({ name }) => name.toLowerCase() === given.toLowerCase());

/** As the runbook writes it; undefined leaves the account to the default. */
export const writtenConnector = (
  { connector }: Pick<Runbook, "connector">,
  step: Pick<ActionStepDocument, "connector">,
): string | undefined => step.connector ?? connector;

/** The one that is written, or the default. */
export const knownFor = (
  connectors: readonly KnownConnector[],
  written: string | undefined,
): KnownConnector | undefined =>
  written === undefined
    ? connectors.find(({ is_default }) => is_default)
    : connectorNamed(connectors, written);

/** Where a step works and what its meetings have there. */
export type Choice = {
  /** Undefined: the default, whichever it is when the step runs. */
  connector: string | undefined;
  defaults: { [field: string]: Json };
};

/** What is not known is kept as it is written: it may be there when the step runs, which says so otherwise. */
export const chosenFor =
  ({ connectors = [], meetingDefaults }: Pick<Means, "connectors" | "meetingDefaults">, severity: Severity) =>
  (written: string | undefined): Choice => {
    const known = knownFor(connectors, written);
    const own = defaultsFor(known?.meeting_defaults ?? undefined, severity);
    return {
      connector: written === undefined ? undefined : (known?.id ?? written),
      defaults: over(own, defaultsFor(meetingDefaults, severity)) as Choice["defaults"],
    };
  };
