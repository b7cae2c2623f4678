import type { Vault } from "./vault.ts";

/** What is asked of a connector cannot be done, and what to do instead. */
export class ConnectorError extends Error {
  override readonly name = "ConnectorError";
  readonly code: "not_found" | "refused";

  constructor(code: ConnectorError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

export const nameTaken = (name: string): ConnectorError =>
  new ConnectorError(
    "refused",
    `There is a connector "${name}" already. Give this one another name, or remove that one first.`,
  );

/** To seal with. */
export const vaultToSeal = (vault: Vault | undefined): Vault => {
  if (vault) return vault;
  throw new ConnectorError(
    "refused",
    "There is no key to seal secrets with: set ENCRYPTION_KEYS for gateway and workers, restart them, and do it again.",
  );
};

export const ofEnvironment = (): ConnectorError =>
  new ConnectorError(
    "refused",
    "This one is configured by ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET: change them and restart. It serves while no other connector is the default.",
  );

export const notSignedIn = (name: string): ConnectorError =>
  new ConnectorError("refused", `Nobody has signed in to the connector "${name}" yet: do that first.`);
