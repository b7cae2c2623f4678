import type { Vault } from "../connectors/vault.ts";
import { VaultError } from "../connectors/vault.ts";
import { OutgoingError } from "../outgoing/errors.ts";
import type { OutgoingHttp } from "../outgoing/http.ts";
import type { SubscriberRow } from "../store/index.ts";
import type { HttpResult } from "../zoom/http.ts";
import { retryAfterMs } from "../zoom/limits.ts";
import type { Message } from "./message.ts";
import { headersOf } from "./message.ts";
import { openSecrets } from "./secrets.ts";

/** How one try came out. */
export type Outcome =
  | { kind: "accepted"; status: number }
  | { kind: "failed"; problem: string; retryAfterMs?: number | undefined }
  /** It wants no more (410). */
  | { kind: "gone"; problem: string };

export type SendDeps = { vault: Vault | undefined; http: OutgoingHttp; now: () => number };

/** For all of a try; long enough for a receiver to process, as the specification has it. */
export const timeoutMs = 15_000;

/** Sends a message once. Throws only what `signal` was aborted with. */
export const send = async (
  { vault, http, now }: SendDeps,
  row: SubscriberRow,
  message: Message,
  signal?: AbortSignal,
): Promise<Outcome> => {
  try {
    const { secret, oldSecret } = await openSecrets(vault, row);
    const isOldValid = row.old_secret_until !== null && now() < Date.parse(row.old_secret_until);
    const headers = headersOf(message, { secret, ...(isOldValid && { oldSecret }) }, now());
    const { url } = row;
    const { body } = message;
    const result = await http.send({
      method: "POST",
      url,
      headers,
      body,
      timeoutMs,
      ...(signal && { signal }),
    });
    return outcomeOf(result, now());
  } catch (error) {
    if (error instanceof OutgoingError) return { kind: "failed", problem: `${error.message} ${allowing}` };
    if (error instanceof VaultError)
      return { kind: "failed", problem: `Its secret cannot be opened: ${error.message}. ${opening}` };
    throw error;
  }
};

const allowing = "Change its URL, or allow the address with OUTGOING_ALLOW.";

const opening = "Give the gateway the ENCRYPTION_KEYS with which it was added, or rotate its secret.";

/** Only the status counts; what else a receiver says is neither kept nor shown. */
const outcomeOf = (result: HttpResult, nowMs: number): Outcome => {
  const { status } = result;
  if (status === undefined) return { kind: "failed", problem: noAnswer(result) };
  if (status >= 200 && status <= 299) return { kind: "accepted", status };
  const problem = `It answered ${status}.`;
  if (status === 410) return { kind: "gone", problem: `${problem} That means it wants no more webhooks.` };
  if (status >= 300 && status <= 399)
    return { kind: "failed", problem: `${problem} Redirects are not followed: change its URL.` };
  const headers = result.kind === "answer" ? result.headers : {};
  return { kind: "failed", problem, retryAfterMs: retryAfterMs(headers, nowMs) };
};

const noAnswer = (result: HttpResult): string => {
  if (result.kind === "answer") return "";
  return result.sent
    ? `It did not answer (${result.detail}).`
    : `It could not be reached (${result.detail}).`;
};
