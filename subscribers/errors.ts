/** What is asked of a subscriber cannot be done, and what to do instead. */
export class SubscriberError extends Error {
  override readonly name = "SubscriberError";
  readonly code: "not_found" | "refused";

  constructor(code: SubscriberError["code"], message: string) {
    super(message);
    this.code = code;
  }
}
