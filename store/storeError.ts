export type StoreErrorCode =
  /** No such incident: declare it first. */
  | "incident_unknown"
  /** No such meeting: save it first. */
  | "meeting_unknown"
  /** A page's `before` is not one that a list gave. */
  | "cursor_invalid"
  | "migration_failed"
  /** The database cannot be reached, or its address not be read. */
  | "database_unreachable"
  /** The embedded database's folder is in use by another process. */
  | "folder_in_use";

/** What the store itself has to say; what the database says is passed on as it is. */
export class StoreError extends Error {
  override name = "StoreError" as const;
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export const isStoreError = (error: unknown): error is StoreError => error instanceof StoreError;

/** An error's code: SQLSTATE of the database's, a name such as EEXIST of Node's. */
export const codeOf = (error: unknown): string | undefined => {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
};

/** What went wrong, in words. Connecting to a name with several addresses fails with an error for each. */
export const reasonOf = (error: unknown): string => {
  if (typeof error !== "object" || error === null) return String(error);
  if ("errors" in error && Array.isArray(error.errors)) return error.errors.map(reasonOf).join("; ");
  return "message" in error ? String(error.message) : "unknown reason";
};
