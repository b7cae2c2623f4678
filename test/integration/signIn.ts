import { nextOf } from "../support/pages.ts";
import type { Topology } from "./support.ts";

/** What a person reads at the end of a sign-in, at a browser; without an email, one who declines. */
export const signIn = async (
  { gatewayUrl, apiKey, zoom }: Topology,
  connector: string,
  as: string | null = "host1@example.com",
): Promise<string> => {
  await zoom.settings({ signInAs: as });
  const at = (url: string, init: RequestInit = {}) => fetch(url, { ...init, redirect: "manual" });
  const body = new URLSearchParams({ connector, key: apiKey });
  const begun = await at(`${gatewayUrl}/oauth/zoom/start`, { method: "POST", body });
  const zooms = await at(nextOf(await begun.text()));
  const cookie = begun.headers.get("set-cookie")?.split(";")[0] ?? "";
  return (await at(zooms.headers.get("location") ?? "", { headers: { cookie } })).text();
};
