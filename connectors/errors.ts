/** What is asked of a connector cannot be done, and what to do instead. */
export class ConnectorError extends Error {
  override readonly name = "ConnectorError";
  readonly code: "not_found" | "refused";

  constructor(code: ConnectorError["code"], message: string) {
    super(message);
    this.code = code;
  }
}
