import { cleanText } from "./cleanText.ts";
import type { CallFacts } from "./errors.ts";
import { jsonOf, toZoomError, ZoomError } from "./errors.ts";
import type { HttpResult } from "./http.ts";

type TokenRefusal = { status: number; error: string; reason: string; zoomCode: number | undefined };

type TokenRule = {
  when: (refusal: TokenRefusal) => boolean;
  message: string;
  advice: string;
  /** The parameter at fault. */
  field?: string;
};

/** The owner is gone, the token is not found, disabled by an administrator, or replaced by a later authorization. */
const deadGrantCodes: ReadonlySet<number> = new Set([4735, 4737, 4738, 4741]);

/** What the token endpoint refuses, the most telling first. Its bodies are `{reason, error}`, unlike the API's. */
const rules: readonly TokenRule[] = [
  {
    when: ({ zoomCode, status, error, reason }) =>
      zoomCode === 4717 || (error === "invalid_client" && (status === 404 || /disabled/i.test(reason))),
    message: "the Zoom app is disabled",
    advice: "Activate the app in Zoom's Marketplace, then retry.",
  },
  {
    when: ({ zoomCode, error }) => error === "invalid_client" || zoomCode === 4702 || zoomCode === 4704,
    message: "Zoom does not know this client id with this client secret",
    advice:
      "Correct the client id or the client secret: both stand on the app's credentials page in Zoom's Marketplace.",
    field: "client_id",
  },
  {
    when: ({ zoomCode, error }) => error === "unsupported_grant_type" || zoomCode === 4705,
    message: "these credentials are of another kind of Zoom app",
    advice:
      "Account credentials are of a Server-to-Server OAuth app, signing in is of a General app: use that app's client id and secret.",
    field: "client_id",
  },
  {
    when: ({ zoomCode, error, reason }) =>
      zoomCode === 4733 ||
      zoomCode === 4734 ||
      (error === "invalid_grant" && /authorization code/i.test(reason)),
    message: "the code of this sign-in is wrong, was used already or is older than five minutes",
    advice: "Sign in with Zoom again.",
    field: "code",
  },
  {
    when: ({ zoomCode, reason }) => zoomCode === 4709 || /redirect/i.test(reason),
    message: "the Zoom app does not know the address that people come back to",
    advice: "Add PUBLIC_URL followed by /oauth/zoom/callback to the app's redirect URLs, then sign in again.",
    field: "redirect_uri",
  },
  {
    // 401 with `invalid_request` and "Invalid Token!" is how Zoom used to say it.
    when: ({ zoomCode, error, reason }) =>
      error === "invalid_grant" || /^invalid token/i.test(reason) || deadGrantCodes.has(zoomCode ?? 0),
    message: "Zoom no longer accepts this authorization",
    advice: "Sign in with Zoom again to authorize the connector anew.",
    field: "refresh_token",
  },
  {
    when: ({ error }) => error === "invalid_request",
    message: "Zoom does not accept the account id",
    advice: "Correct the account id: it stands on the app's credentials page in Zoom's Marketplace.",
    field: "account_id",
  },
];

const unknownRefusal: Omit<TokenRule, "when"> = {
  message: "Zoom gave no access token",
  advice: "Check the connector's account id, client id and client secret and that the app is activated.",
};

/** Errors of the token endpoint. Asking twice does no harm, so an answer that was lost is just "unavailable". */
export const toTokenError = (call: CallFacts, result: HttpResult): ZoomError => {
  const refusal = result.kind === "answer" ? refusalOf(result.status, result.text) : undefined;
  const general = toZoomError(call, result);
  if (refusal === undefined || !isRefusal(refusal)) return harmless(general);
  const rule = rules.find(({ when }) => when(refusal)) ?? unknownRefusal;
  const said = cleanText([refusal.error, refusal.reason].filter(Boolean).join(", "), call.secrets);
  const { method, path, trackingId } = general;
  return new ZoomError({
    code: "authentication",
    message: `No access token: ${rule.message} (${method} ${path} answered ${refusal.status}${said && `: ${said}`})`,
    method,
    path,
    status: refusal.status,
    zoomCode: refusal.zoomCode,
    advice: rule.advice,
    field: rule.field,
    trackingId,
  });
};

/** Outages, limits, and what is no answer of Zoom's OAuth at all are named like any other answer. */
const isRefusal = ({ status, error, zoomCode }: TokenRefusal): boolean =>
  status >= 400 &&
  status < 500 &&
  status !== 429 &&
  (error !== "" || zoomCode !== undefined || status !== 404);

const harmless = (error: ZoomError): ZoomError => {
  if (error.code !== "outcome_unknown") return error;
  const { method, path, status, retryAfterMs, trackingId } = error;
  const answered = status === undefined ? "gave no answer" : `answered ${status}`;
  const message = `Zoom cannot be reached: ${method} ${path} ${answered}`;
  return new ZoomError({ code: "unavailable", message, method, path, status, retryAfterMs, trackingId });
};

const refusalOf = (status: number, text: string): TokenRefusal => {
  const body = jsonOf(text);
  const { error, reason, code, message } =
    typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  return {
    status,
    error: typeof error === "string" ? error : "",
    reason: typeof reason === "string" ? reason : typeof message === "string" ? message : "",
    zoomCode: typeof code === "number" ? code : undefined,
  };
};
