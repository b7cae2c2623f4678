import type { ZoomClient } from "../zoom/client.ts";
import { createZoomClient } from "../zoom/client.ts";
import type { Http } from "../zoom/http.ts";
import { createHttp } from "../zoom/http.ts";
import type { TokenSource } from "../zoom/tokens.ts";
import { serverToServerTokens } from "../zoom/tokens.ts";
import type { GroupMember } from "../zoom/users.ts";
import { membersOfGroup } from "../zoom/users.ts";

/** Who hosts: users of the account, or else whoever is in a group of Zoom's. */
type HostPool = { hosts: readonly string[]; hostGroup?: string | null | undefined };

/** Account id and credentials of a Server-to-Server OAuth app, and who hosts. */
export type AccountSettings = HostPool & {
  accountId: string;
  clientId: string;
  clientSecret: string;
};

/** Where Zoom is. */
export type ZoomAddress = { apiUrl: string; oauthUrl: string };

/** An authorised Zoom account at work. */
export type ZoomAccount = {
  client: ZoomClient;
  tokens: TokenSource;
  hosts(): Promise<readonly string[]>;
};

type Parts = HostPool & { apiUrl: string; http: Http; tokens: TokenSource };

export const accountWith = ({ apiUrl, http, tokens, hosts, hostGroup }: Parts): ZoomAccount => {
  const client = createZoomClient({ apiUrl, tokens, http });
  return { client, tokens, hosts: hostGroup ? groupHosts(client, hostGroup) : async () => hosts };
};

/** The account that a Server-to-Server app gives access to. */
export const serverToServerAccount = ({
  apiUrl,
  hosts,
  hostGroup,
  ...credentials
}: AccountSettings & ZoomAddress): ZoomAccount => {
  const http = createHttp();
  const tokens = serverToServerTokens({ ...credentials, http });
  return accountWith({ apiUrl, http, tokens, hosts, hostGroup });
};

/** How long somebody new in the group may wait for a first meeting to host. */
const trustGroupMs = 5 * 60_000;

/** Who is licensed among a group's members; all of them where nobody is, so that Zoom can say why they cannot host. */
const hostsAmong = (members: readonly GroupMember[]): string[] => {
  const licensed = members.filter(({ isLicensed }) => isLicensed);
  return (licensed.length > 0 ? licensed : members).flatMap(({ email, id }) => email || (id ?? []));
};

/** A storm of incidents asks for the group once; while Zoom does not tell, who was in it goes on hosting. */
const groupHosts = (client: ZoomClient, group: string): ZoomAccount["hosts"] => {
  let known: string[] | undefined;
  let asking: { atMs: number; hosts: Promise<string[]> } | undefined;
  const ask = async (): Promise<string[]> => {
    try {
      return (known = hostsAmong(await membersOfGroup(client, group)));
    } catch (error) {
      asking = undefined;
      if (known) return known;
      throw error;
    }
  };
  return () => {
    if (!asking || performance.now() - asking.atMs > trustGroupMs)
      asking = { atMs: performance.now(), hosts: ask() };
    return asking.hosts;
  };
};
