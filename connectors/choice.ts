import type { KnownConnector } from "../domain/connectorChoice.ts";
import { connectorNamed } from "../domain/connectorChoice.ts";
import { ZoomError } from "../zoom/errors.ts";
import type { ZoomAccount } from "./zoomAccount.ts";

/** An account that calls may go to. */
export type Candidate = KnownConnector & {
  account_id: string | null;
  isConnected: boolean;
  authorizedAt: string | null;
  account: () => Promise<ZoomAccount>;
};

/** A connector by id or name; the one that something was made in, then with its account; or, with neither, the default. */
export type Wanted = { connector?: string | undefined; account_id?: string | null | undefined };

/** What was made in one account is never looked for in another. */
export const chosen = (candidates: readonly Candidate[], wanted: Wanted): Candidate => {
  const found = find(candidates, wanted);
  if (found) return found;
  if (wanted.connector === undefined) throw notConnected();
  throw wanted.account_id === undefined
    ? unknownConnector(wanted.connector, candidates)
    : goneConnector(wanted);
};

const find = (candidates: readonly Candidate[], { connector, account_id }: Wanted): Candidate | undefined => {
  if (connector === undefined) return candidates.find(({ is_default }) => is_default);
  if (account_id === undefined) return connectorNamed(candidates, connector);
  const isThere = (each: Candidate): boolean => account_id === null || each.account_id === account_id;
  // One that was removed and added again reaches the account as well.
  return (
    candidates.find((each) => each.id === connector && isThere(each)) ??
    candidates
      .filter((each) => account_id !== null && each.isConnected && isThere(each))
      .toSorted((a, b) => Number(b.is_default) - Number(a.is_default))[0]
  );
};

const place = { method: "POST", path: "/oauth/token" } as const;

const notConnected = (): ZoomError =>
  new ZoomError({
    ...place,
    code: "authentication",
    message: "No Zoom account is connected",
    advice:
      "Add one with `zoom-runbooks connector add`, or set ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET; then retry the step.",
  });

const unknownConnector = (given: string, candidates: readonly Candidate[]): ZoomError =>
  new ZoomError({
    ...place,
    code: "not_configured",
    message: `There is no connector "${given}"; there are: ${candidates.map(({ name }) => name).join(", ") || "none"}`,
    advice:
      "Add it with `zoom-runbooks connector add`, or name another one in the runbook and start it again.",
  });

const goneConnector = ({ connector, account_id }: Wanted): ZoomError =>
  new ZoomError({
    ...place,
    code: "not_configured",
    message: `The Zoom account ${account_id ?? ""} in which this was made is not connected any more (connector ${connector ?? ""})`,
    advice:
      "Connect that account again with `zoom-runbooks connector add`, or do it in Zoom by hand and skip the step.",
  });
