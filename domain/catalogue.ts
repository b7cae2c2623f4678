import { z } from "zod";
import type { KnownConnector } from "./connectorChoice.ts";
import type { MeetingDefaults } from "./meetingDefaults.ts";
import { jsonSchemaOf } from "./problems.ts";
import type { Json } from "./plan.ts";
import type { Severity } from "./severity.ts";

type Input = { [field: string]: Json };

/** What good practice asks to be seen to, by some step of a runbook. */
export type Concern = "second_host" | "recording" | "recordings" | "retention";

/** What lint knows of a step that an action is asked to advise on. */
export type Surroundings = {
  /** The step's input as it is written, before the defaults of meetings. */
  written: Input;
  /** Undefined when people start the runbook by hand, for whichever incident. */
  severity: Severity | undefined;
  /** By the runbook's steps, this one too. */
  seenTo: ReadonlySet<Concern>;
};

/** What could be better, and where in the input: what, why, and what to write. */
export type Advice = { keys: PropertyKey[]; message: string };

/**
 * The data of an action: everything that the editor, the linter, the compiler, the scope check and the docs derive
 * from. What it does stands beside it, in its own file under `activities/actions/`.
 */
export type ActionFacts = {
  /** `zoom.create_meeting`: the name in runbooks, and the activity type in Temporal. */
  key: string;
  title: string;
  /** One or two sentences for the action picker. */
  description: string;
  category:
    | "meetings"
    | "participants"
    | "recordings"
    | "attendance"
    | "webinars"
    | "notifications"
    | "incident"
    | "other";
  /**
   * `read` changes nothing; `idempotent` may be repeated; `create` makes something new each time Zoom hears it, so
   * it looks before it makes.
   */
  effect: "read" | "idempotent" | "create";
  /** Zoom's scopes: of each group any one will do. Classic names first. */
  scopes: readonly (readonly string[])[];
  /** What a field of the input needs beyond that, where it is given. */
  optionScopes?: { readonly [field: string]: readonly (readonly string[])[] };
  input: z.ZodObject;
  output: z.ZodObject;
  example: Input;
  /** Which fields of its input a connector's defaults for meetings may fill. */
  meetingDefaults?: (input: Input) => readonly string[];
  /** Which fields of its input the runbook's policy for recordings may fill. */
  recordingPolicy?: (input: Input) => readonly string[];
  /** What a step with this input sees to, for itself or for others of its runbook. */
  seesTo?: (input: Input) => readonly Concern[];
  /** Good practice for this input. Where a template stands, any value may come of it: then there is nothing to say. */
  advise?: (input: Input, surroundings: Surroundings) => Advice[];
  /** How patient the action is; the rest comes from its effect. */
  patience?: { tryForMs?: number; firstRetryMs?: number; lastRetryMs?: number; oneTryMs?: number };
  /** How much longer a step with this input may take, since it waits by itself. */
  waitsMs?: (input: Input) => number;
  /** What a failed step does unless the runbook says otherwise. */
  onFailure?: "stop" | "continue" | "pause";
  /** The action that takes back what this one made; `$step` stands for the step's own id. */
  undo?: { action: string; input: Input };
};

export type Catalogue = ReadonlyMap<string, ActionFacts>;

/** What runbooks are checked and compiled with. */
export type Means = {
  catalogue: Catalogue;
  /** Below those of each connector. */
  meetingDefaults?: MeetingDefaults | undefined;
  /** Undefined where nobody knows which there are. */
  connectors?: readonly KnownConnector[] | undefined;
};

/** An action as the API shows it. */
export const describeAction = (facts: ActionFacts) => ({
  key: facts.key,
  title: facts.title,
  description: facts.description,
  category: facts.category,
  effect: facts.effect,
  scopes: facts.scopes,
  option_scopes: facts.optionScopes ?? {},
  input: jsonSchemaOf(facts.input),
  output: jsonSchemaOf(facts.output),
  example: facts.example,
});
