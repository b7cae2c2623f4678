import type { Means } from "../domain/catalogue.ts";
import type { RouteContext } from "./types.ts";

/** What runbooks are checked and planned with at this moment: accounts come and go. */
export const meansNow = async ({ catalogue, meetingDefaults, connectors }: RouteContext): Promise<Means> => ({
  catalogue,
  meetingDefaults,
  connectors: await connectors.known(),
});
