import { z } from "zod";
import { jsonSchemaOf } from "./problems.ts";
import type { Json } from "./plan.ts";

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
  example: { [field: string]: Json };
  /** How patient the action is; the rest comes from its effect. */
  patience?: { tryForMs?: number; firstRetryMs?: number; lastRetryMs?: number; oneTryMs?: number };
  /** What a failed step does unless the runbook says otherwise. */
  onFailure?: "stop" | "continue" | "pause";
  /** The action that takes back what this one made; `$step` stands for the step's own id. */
  undo?: { action: string; input: { [field: string]: Json } };
};

export type Catalogue = ReadonlyMap<string, ActionFacts>;

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
