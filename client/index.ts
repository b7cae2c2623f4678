/** What other programs import. */
export type * from "./api.ts";
export { ApiError, NoWorkerError, RunbooksError, isRunbooksError } from "./errors.ts";
export type { Problem, ProblemDetail, RunbooksErrorCode } from "./errors.ts";
export { createHttpClient } from "./http.ts";
export { createHistoryCodec } from "./historyCodec.ts";
export { keysFrom } from "../connectors/keys.ts";
export type { HttpClient, HttpClientOptions } from "./http.ts";
export { createRunbooksClient } from "./temporal.ts";
export type { Once, RunbooksClient, RunbooksClientOptions } from "./temporal.ts";
