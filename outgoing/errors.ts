import type { Failure, FailureCode } from "../domain/failures.ts";
import { failures } from "../domain/failures.ts";

export type OutgoingErrorDetails = {
  code: FailureCode;
  /** What happened, to what. Free of secrets. */
  message: string;
  /** Better advice than the failure's own. */
  advice?: string | undefined;
  /** The field of the step's input at fault. */
  field?: string | undefined;
  retryAfterMs?: number | undefined;
};

/** Why something did not go out. It holds no cause on purpose: the errors below it carry addresses and headers. */
export class OutgoingError extends Error {
  override readonly name = "OutgoingError";
  readonly code: FailureCode;
  readonly retryable: boolean;
  readonly more: Pick<Partial<Failure>, "advice" | "field">;
  readonly retryAfterMs: number | undefined;

  constructor({ code, message, advice, field, retryAfterMs }: OutgoingErrorDetails) {
    super(message);
    this.code = code;
    this.retryable = failures[code].retryable;
    this.more = { ...(advice !== undefined && { advice }), ...(field !== undefined && { field }) };
    this.retryAfterMs = retryAfterMs;
  }
}
