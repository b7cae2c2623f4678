/** The archive cannot be reached right now, or it will not do what it is asked until somebody changes something. */
export class ArchiveError extends Error {
  override readonly name = "ArchiveError";
  readonly code: "archive_unavailable" | "archive_refused";

  constructor(code: ArchiveError["code"], message: string) {
    super(message);
    this.code = code;
  }
}
