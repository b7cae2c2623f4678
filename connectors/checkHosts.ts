import type { Connector, ConnectorCheck } from "../domain/connector.ts";
import { ZoomError } from "../zoom/errors.ts";
import { getUser, membersOfGroup } from "../zoom/users.ts";
import type { ZoomAccount } from "./zoomAccount.ts";

type Host = ConnectorCheck["hosts"][number];

const atOnce = 5;

const licensed = (host: string): Host => ({ host, verdict: "licensed", problem: null });
const basic = (host: string): Host => ({
  host,
  verdict: "basic",
  problem: "has no licence: meetings end after 40 minutes",
});

/** Everybody who may host, each with what they lack for it. `enough` ends the look early. */
export const checkPool = async (
  { client }: Pick<ZoomAccount, "client">,
  { hosts, host_group }: Pick<Connector, "hosts" | "host_group">,
  enough: (so: readonly Host[]) => boolean = () => false,
): Promise<Host[]> => {
  if (host_group !== null) return checkGroup(client, host_group);
  const checked: Host[] = [];
  for (let from = 0; from < hosts.length && !enough(checked); from += atOnce) {
    const some = hosts.slice(from, from + atOnce);
    checked.push(...(await Promise.all(some.map((host) => checkHost(client, host)))));
  }
  return checked;
};

const checkGroup = async (client: ZoomAccount["client"], group: string): Promise<Host[]> => {
  try {
    const members = await membersOfGroup(client, group);
    return members.map(({ email, id = "", isLicensed }) => (isLicensed ? licensed : basic)(email || id));
  } catch (error) {
    if (!(error instanceof ZoomError)) throw error;
    const verdict = error.code === "invalid_input" ? "unusable" : "unknown";
    return [{ host: `group ${group}`, verdict, problem: error.message }];
  }
};

const checkHost = async (client: ZoomAccount["client"], host: string): Promise<Host> => {
  try {
    const { isLicensed, status } = await getUser(client, host);
    if (status === "inactive" || status === "pending")
      return { host, verdict: "unusable", problem: `Zoom says the user is ${status}` };
    return isLicensed ? licensed(host) : basic(host);
  } catch (error) {
    if (!(error instanceof ZoomError)) throw error;
    if (error.code === "not_found")
      return { host, verdict: "unusable", problem: "is no user of the account" };
    return { host, verdict: "unknown", problem: `could not be looked up: ${error.message}` };
  }
};
