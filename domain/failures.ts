/**
 * What can go wrong in a step, by name: whether trying again may help, and what a person should do.
 * Every error of Zoom, of the database and of our own checks becomes one of these, in one place per source.
 */
export type FailureFact = {
  /** A few words for a list: "Zoom refused the credentials". */
  readonly title: string;
  /** May the same call succeed later without anybody doing anything? */
  readonly retryable: boolean;
  /** What the person at 3 a.m. should do next, one sentence. */
  readonly advice: string;
};

export const failures = {
  authentication: {
    title: "Zoom refused the credentials",
    retryable: false,
    advice:
      "Check the connector's account id, client id and client secret and that the app is activated in Zoom's Marketplace, then retry the step.",
  },
  missing_scope: {
    title: "The Zoom app lacks a scope",
    retryable: false,
    advice: "Add one of the named scopes to the app in Zoom's Marketplace, then retry the step.",
  },
  permission: {
    title: "Zoom does not permit this",
    retryable: false,
    advice:
      "Ask a Zoom administrator to grant the app's user the right named in the message, or use a host of the account, then retry the step.",
  },
  plan: {
    title: "The Zoom plan does not include this",
    retryable: false,
    advice: "Skip the step, or upgrade the account or the host's licence and retry it.",
  },
  not_found: {
    title: "Zoom does not know it",
    retryable: false,
    advice: "It was deleted, has expired or belongs to another account: check the id, or skip the step.",
  },
  invalid_input: {
    title: "The input is not valid",
    retryable: false,
    advice: "Correct the named field in the runbook or on the incident, then run it again.",
  },
  host_unavailable: {
    title: "The host cannot host",
    retryable: false,
    advice:
      "Give the host a licence and scheduling rights in Zoom, or name another host in the step or among the connector's hosts (ZOOM_HOSTS), then retry the step.",
  },
  daily_limit: {
    title: "Zoom's daily limit is used up",
    retryable: true,
    advice: "Zoom resets the limit at 00:00 UTC; name another host to go on now.",
  },
  rate_limited: {
    title: "Zoom asked us to slow down",
    retryable: true,
    advice: "Nothing to do: the step tries again by itself.",
  },
  unavailable: {
    title: "Zoom cannot be reached",
    retryable: true,
    advice: "Nothing to do: the step tries again by itself. See status.zoom.us if it lasts.",
  },
  outcome_unknown: {
    title: "Zoom's answer was lost",
    retryable: true,
    advice: "Nothing to do: the step looks for what it may have made before it tries again.",
  },
  not_ready: {
    title: "Not ready yet",
    retryable: true,
    advice: "Nothing to do: the step asks again by itself.",
  },
  unexpected_answer: {
    title: "Zoom gave an answer that makes no sense here",
    retryable: false,
    advice: "Retry the step; if it fails again, report the message with Zoom's tracking id.",
  },
  archive_unavailable: {
    title: "The archive cannot be reached",
    retryable: true,
    advice:
      "Nothing to do: the step goes on by itself where it stopped. Look at the archive's service if it lasts.",
  },
  archive_refused: {
    title: "The archive does not take it",
    retryable: false,
    advice:
      "Check ARCHIVE_URL and that the worker's credentials may read and write there, then retry the step: it goes on where it stopped.",
  },
  not_configured: {
    title: "Something is not configured",
    retryable: false,
    advice:
      "Set what the message names in the worker's environment, restart the worker, then retry the step.",
  },
  refused_address: {
    title: "The address is not allowed",
    retryable: false,
    advice:
      "Private, loopback and link-local addresses are closed to runbooks: use a public one, or add the host or its network to OUTGOING_ALLOW and restart the worker.",
  },
  refused: {
    title: "The other side refused it",
    retryable: false,
    advice: "Correct what the message names, here or on the other side, then retry the step.",
  },
  unreachable: {
    title: "The other side cannot be reached",
    retryable: true,
    advice: "Nothing to do: the step tries again by itself. Check the address and that system if it lasts.",
  },
  maybe_done: {
    title: "It may have been done already",
    retryable: false,
    advice: "Look on the other side whether it was done: if so skip the step, if not retry it.",
  },
  internal: {
    title: "An error of our own",
    retryable: true,
    advice: "The step tries again by itself; if it keeps failing, see the worker's log.",
  },
} as const satisfies Record<string, FailureFact>;

export type FailureCode = keyof typeof failures;

/** What a failed step says of itself: in the run's state, on the timeline and in the API. */
export type Failure = {
  code: FailureCode;
  /** What happened, to what. Free of secrets. */
  message: string;
  /** What to do next. */
  advice: string;
  /** The field of the step's input at fault, as a path: `settings.waiting_room`. */
  field?: string;
  /** Scopes of which any one would do. */
  scopes?: string[];
  /** Of a Zoom account that did not let us in: once it does, the step goes on by itself. */
  authorization?: Authorization;
};

export type Authorization = {
  /** Id, or name where there is none of that id; null: there was no account at all. */
  connector: string | null;
  account_id: string | null;
  /** Since when the connector is authorized as it was when it failed; null if it was not there. */
  authorized_at: string | null;
  /** The default was asked, so whichever is the default now will do. */
  is_default: boolean;
  /** Which of the step's rounds failed. */
  round: number;
};

export const isFailureCode = (code: string): code is FailureCode => Object.hasOwn(failures, code);

export const failure = (
  code: FailureCode,
  message: string,
  more: Pick<Partial<Failure>, "advice" | "field" | "scopes" | "authorization"> = {},
): Failure => ({ code, message, advice: failures[code].advice, ...more });
