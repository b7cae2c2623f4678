import type { ZoomAccounts } from "../../activities/index.ts";
import type { ZoomAccount } from "../../connectors/zoomAccount.ts";

/** The simulator's account, and no other. */
export const oneAccount = (account: ZoomAccount): ZoomAccounts => ({
  find: async () => ({
    ...account,
    madeIn: { connector: "environment", account_id: "sim-account" },
    authorizedAt: null,
  }),
  known: async () => [],
});
