import { createHttpClient } from "../client/http.ts";
import { nextOf } from "./pages.ts";

/** The two ways to connect a Zoom account, as the command line names them. */
export const connectorKinds = ["sign-in", "account-credentials"] as const;
export type ConnectorKind = (typeof connectorKinds)[number];

type Gateway = { url: string; apiKey: string };

export type DemoAccount = {
  accountId: string;
  clientId: string;
  clientSecret: string;
  webhookSecretTokens: string[];
  hosts: readonly string[];
};

/** Connects the account as an administrator does. Answers what there is to say about it. */
export const connect = async (
  gateway: Gateway,
  kind: ConnectorKind,
  { accountId, clientId, clientSecret, webhookSecretTokens, hosts }: DemoAccount,
): Promise<string> => {
  const api = createHttpClient(gateway);
  const common = {
    name: "Demo",
    client_id: clientId,
    client_secret: clientSecret,
    webhook_secret_tokens: webhookSecretTokens,
    hosts: [...hosts],
  };
  if (kind === "account-credentials") {
    await api.addConnector({ kind: "account_credentials", account_id: accountId, ...common });
    return "connected by account credentials";
  }
  const { id } = await api.addConnector({ kind: "sign_in", ...common });
  const user = hosts[0] ?? "";
  await signIn(gateway, id, user);
  return `${user} signed in with Zoom`;
};

/** What a person does at a browser: the gateway's form, Zoom's page, and back. */
const signIn = async ({ url, apiKey }: Gateway, connector: string, user: string): Promise<void> => {
  const begun = await post(`${url}/oauth/zoom/start`, { connector, key: apiKey });
  const asked = new URL(nextOf(await begun.text()));
  const consent = { ...Object.fromEntries(asked.searchParams), user, decision: "allow" };
  const allowed = await post(`${asked.origin}${asked.pathname}`, consent);
  const cookie = begun.headers.get("set-cookie")?.split(";")[0] ?? "";
  const done = await fetch(allowed.headers.get("location") ?? "", { headers: { cookie } });
  if (!done.ok) throw new Error(`Signing in with Zoom failed: ${await done.text()}`);
};

const post = (url: string, form: Record<string, string>): Promise<Response> =>
  fetch(url, { method: "POST", body: new URLSearchParams(form), redirect: "manual" });
