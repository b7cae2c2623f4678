import type { FailureCode } from "../domain/failures.ts";
import type { HttpMethod } from "./http.ts";

/** What is known of a refusal before it has a name. */
export type Refusal = { method: HttpMethod; status: number; zoomCode: number | undefined; text: string };

type Rule = {
  codes: readonly number[];
  status?: number;
  /** Zoom's text, in English, where it uses one code for many things. Without a match the next rule of the code holds. */
  hint?: RegExp;
  reading?: boolean;
  failure: FailureCode;
  /** Our own explanation, where Zoom's text leaves something out. */
  note?: string;
  /** Better advice than the failure's own. */
  advice?: string;
  /** The field at fault, where the code alone tells. */
  field?: string;
  /** "Not there yet" and "there is none" are the same answer: only time tells. */
  mayBeAbsent?: true;
};

/** Scopes as Zoom writes them: `meeting:write:meeting:admin`, `user:read`. */
const scopeName = /\b[a-z][a-z_]*(?::[a-z][a-z_]*){1,3}\b/g;

const paid = /\bpaid\b|\bplans?\b|\blicen[sc]e|not available for this account|upgrade/i;
const permission = /permission|not allowed|cannot access|can not access/i;
// The account's language, not ours: English, Spanish, Portuguese, French, German, Italian, Japanese, Chinese.
const processing = /process|procesa|traitement|verarbeit|elabora|処理|处理|處理/i;
const missing = /does not exist|doesn't exist|not found/i;

/** The first rule that fits decides. Codes stand for themselves in any language; hints only refine. */
const rules: readonly Rule[] = [
  {
    codes: [124, 4702, 4704, 4705, 4706, 4709, 4717, 4724, 4735, 4737, 4738, 4740, 4741],
    failure: "authentication",
  },
  { codes: [4711], failure: "missing_scope" },
  { codes: [4700], hint: /[a-z]:[a-z_]+/, failure: "missing_scope" },
  { codes: [4700], failure: "authentication" },
  { codes: [1001, 1010, 1120, 3001, 4130, 12702], failure: "not_found" },
  { codes: [3161], failure: "host_unavailable" },
  { codes: [1114], failure: "invalid_input", field: "settings.alternative_hosts" },
  { codes: [3301], hint: processing, failure: "not_ready" },
  {
    codes: [3301],
    failure: "not_ready",
    note: "Zoom says the same of a meeting without a recording and of one whose recording is still being processed.",
    mayBeAbsent: true,
  },
  {
    codes: [3322],
    failure: "not_ready",
    note: "Zoom says the same of a transcript that does not exist and of one that is still being made.",
    mayBeAbsent: true,
  },
  { codes: [3303, 4927], failure: "not_ready" },
  {
    codes: [200],
    hint: /\bwebin/i,
    failure: "plan",
    advice:
      "Assign the host a Zoom Webinars licence (Zoom's admin page, Users, the user's licences), or name a host that has one in the step or in ZOOM_HOSTS, then retry the step.",
  },
  { codes: [200], hint: paid, failure: "plan" },
  { codes: [200], failure: "permission" },
  { codes: [3309, 3043], failure: "plan" },
  { codes: [2305, 2306, 2314, 3003, 3063, 3310, 4400], failure: "permission" },
  { codes: [2300], failure: "unexpected_answer", note: "Check the address of Zoom's API." },
  { codes: [300], status: 404, failure: "not_found" },
  { codes: [300], hint: missing, failure: "not_found" },
  { codes: [300], hint: permission, failure: "permission" },
  { codes: [300], hint: paid, failure: "plan" },
  { codes: [300], failure: "invalid_input" },
  { codes: [3000], hint: /cannot schedule a meeting for/i, failure: "host_unavailable" },
  { codes: [3000], hint: missing, failure: "not_found" },
  { codes: [3000], hint: /\bblocked\b|cannot access|not allowed|disabled/i, failure: "permission" },
  { codes: [3000], reading: true, failure: "permission" },
  { codes: [3000, 1005, 3002, 3007, 3018, 3027, 3037, 3038, 4132], failure: "invalid_input" },
  { codes: [404], status: 400, failure: "invalid_input" },
  { codes: [400], hint: /\bdashboard\b/i, failure: "plan" },
];

const byStatus: Readonly<Record<number, FailureCode>> = {
  400: "invalid_input",
  401: "authentication",
  403: "permission",
  404: "not_found",
  409: "invalid_input",
  413: "invalid_input",
  422: "invalid_input",
};

export type Verdict = { failure: FailureCode } & Pick<Rule, "note" | "advice" | "field" | "mayBeAbsent">;

/** The name of a refusal other than a rate limit. */
export const verdictOn = (refusal: Refusal): Verdict => {
  const { status, zoomCode, method } = refusal;
  const rule = zoomCode === undefined ? undefined : rules.find((each) => fits(each, refusal, zoomCode));
  if (rule?.failure === "authentication") return rule;
  // Whatever the body says: the server broke off, and a create may have been done before it did.
  if (status >= 500 || status === 408)
    return { failure: method === "POST" ? "outcome_unknown" : "unavailable" };
  if (rule) return rule;
  // A 404 that does not speak Zoom's language is some other server's: nothing was said about the thing asked for.
  if (status === 404 && zoomCode === undefined) {
    return { failure: "unexpected_answer", note: "Check the address of Zoom's API." };
  }
  return { failure: byStatus[status] ?? "unexpected_answer" };
};

const fits = (rule: Rule, { status, method, text }: Refusal, zoomCode: number): boolean =>
  rule.codes.includes(zoomCode) &&
  (rule.status === undefined || rule.status === status) &&
  (rule.reading === undefined || rule.reading === (method === "GET")) &&
  (rule.hint === undefined || rule.hint.test(text));

/** The scopes that a text names; any one of them would do. */
export const scopesIn = (text: string): string[] => [...new Set(text.match(scopeName) ?? [])];
