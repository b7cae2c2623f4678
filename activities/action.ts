import type { z } from "zod";
import type { Archive } from "../archive/types.ts";
import type { ActionFacts } from "../domain/catalogue.ts";
import type { MadeIn } from "../domain/connector.ts";
import type { KnownConnector } from "../domain/connectorChoice.ts";
import type { Authorization } from "../domain/failures.ts";
import type { Effects, Json, StepRequest } from "../domain/plan.ts";
import type { TimelineEvent } from "../domain/timeline.ts";
import type { Outside } from "../outgoing/outside.ts";
import type { Store } from "../store/index.ts";
import type { ZoomClient } from "../zoom/client.ts";

type Hosting = { client: ZoomClient; hosts(): Promise<readonly string[]> };

/** One authorised Zoom account, with the users that host its meetings. */
export type ZoomAccount = Hosting & {
  /** Kept with what is made there. */
  madeIn(): Promise<MadeIn>;
};

export type FoundAccount = Hosting & { madeIn: MadeIn; authorizedAt: string | null };

/** A connector by id or name, the one that something was made in (then with its account), or the default: `{}`. */
export type Wanted = { connector?: string | undefined; account_id?: string | null | undefined };

/** All Zoom accounts there are. */
export type ZoomAccounts = {
  find: (wanted: Wanted) => Promise<FoundAccount>;
  known: () => Promise<readonly KnownConnector[]>;
};

/** What an action's code may use. */
export type ActionContext = Pick<Outside, "mail" | "http" | "secretOf"> & {
  /** Where the step works. */
  zoom: ZoomAccount;
  /** Where something else was made. */
  zoomIn: (wanted: () => Promise<Wanted>) => ZoomAccount;
  /** The latest account that was asked. */
  asked: () => Authorization | undefined;
  store: Store;
  /** Where the gateway is, for links; without a slash at its end. */
  publicUrl: string;
  request: StepRequest;
  /** Which try of the activity this is, from 1. */
  attempt: number;
  /** When the step was first asked for, before any try; `nowMs` is when this try began. */
  askedAtMs: number;
  nowMs: number;
  /** Undefined where none is configured. */
  archive: Archive | undefined;
  /** Aborted when the step is cancelled or the worker shuts down. */
  signal: AbortSignal;
  /** How far the action is, for operators: shows at the pending activity in Temporal. */
  progress: (now: Json) => void;
  /** Puts on the timeline at once what must not wait for the action's end. */
  record: (events: EventDraft[]) => Promise<void>;
};

/** What belongs on the timeline; who, when and which step is added in one place. */
export type EventDraft = Pick<TimelineEvent, "kind" | "title" | "detail" | "data" | "links"> & {
  /** An identity of Zoom's, for what several may report. Without it, the step's own. */
  id?: string;
};

type ActionOutcome<Output> = {
  outputs: Output;
  /** What the timeline says of it; more than one when the result has a second side worth a line. */
  events: EventDraft[];
  effects?: Effects;
};

/** An action: data first, code last. */
export type Action<
  Input extends z.ZodObject = z.ZodObject,
  Output extends z.ZodObject = z.ZodObject,
> = ActionFacts & {
  input: Input;
  output: Output;
  run: (context: ActionContext, input: z.output<Input>) => Promise<ActionOutcome<z.input<Output>>>;
};

/** An action whose input was not checked yet: what the catalogue holds. */
export type AnyAction = ActionFacts & {
  perform: (
    context: ActionContext,
    input: { [field: string]: Json },
  ) => Promise<ActionOutcome<{ [field: string]: Json }>>;
};

/** Input that does not fit the action's schema, found when its templates are filled in. */
export class InputError extends Error {
  override readonly name = "InputError";
  readonly error: z.ZodError;
  constructor(error: z.ZodError) {
    super("the step's input does not fit the action");
    this.error = error;
  }
}

export const defineAction = <Input extends z.ZodObject, Output extends z.ZodObject>(
  action: Action<Input, Output>,
): AnyAction => {
  const { run, ...facts } = action;
  return {
    ...facts,
    perform: async (context, raw) => {
      const parsed = action.input.safeParse(raw);
      if (!parsed.success) throw new InputError(parsed.error);
      const outcome = await run(context, parsed.data);
      return { ...outcome, outputs: outcome.outputs as { [field: string]: Json } };
    },
  };
};
