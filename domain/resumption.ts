import type { Authorization } from "./failures.ts";
import type { Execution } from "./plan.ts";

/** A Zoom account that lets us in, and since when it is authorized as it is. */
export type Authorized = {
  id: string;
  name: string;
  account_id: string | null;
  is_default: boolean;
  /** Null: as long as the process runs. */
  authorizedAt: string | null;
};

/** A step to try again. The key is the same however often it is found: each of its rounds is tried again once. */
export type Resumption = { executionId: string; step: string; key: string; why: string };

/** Steps that are parked since an account did not let us in, and that it, or what took its place, lets in now. */
export const resumptions = (
  executions: readonly Execution[],
  authorized: readonly Authorized[],
): Resumption[] =>
  executions.flatMap(({ id, steps }) =>
    steps.flatMap(({ id: step, state, failure }): Resumption[] => {
      const refused = state === "parked" ? failure?.authorization : undefined;
      const connector = refused && authorized.find((each) => letsIn(each, refused));
      if (!refused || !connector) return [];
      const key = `authorized/${step}/${refused.round}`;
      return [{ executionId: id, step, key, why: `the connector "${connector.name}" works` }];
    }),
  );

/** What was refused by the very authorization that there is now would be again. */
const letsIn = (now: Authorized, refused: Authorization): boolean => {
  if (refused.is_default && now.is_default && now.id !== refused.connector) return true;
  const isNamed =
    refused.connector !== null &&
    (now.id === refused.connector || now.name.toLowerCase() === refused.connector.toLowerCase());
  const isSameAccount = refused.account_id !== null && now.account_id === refused.account_id;
  if (refused.authorized_at === null) return isNamed || isSameAccount;
  return (
    now.id === refused.connector && now.authorizedAt !== null && now.authorizedAt > refused.authorized_at
  );
};
