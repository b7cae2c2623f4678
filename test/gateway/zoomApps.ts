import { startSimulator } from "../support/simulator.ts";
import { nextOf } from "../support/pages.ts";
import { controlOf } from "../support/control.ts";
import { bearer, startGateway } from "./startGateway.ts";

export const appSecret = "sim-secret";

export const byCredentials = (over: object = {}) => ({
  kind: "account_credentials",
  name: "Operations",
  account_id: "sim-account",
  client_id: "sim-client",
  client_secret: appSecret,
  webhook_secret_tokens: ["canary-webhook-token"],
  hosts: ["host1@example.com"],
  ...over,
});

export const bySigningIn = (over: object = {}) => ({
  kind: "sign_in",
  name: "Signed in",
  client_id: "sim-client",
  client_secret: appSecret,
  webhook_secret_tokens: ["canary-webhook-token"],
  ...over,
});

/** A gateway beside a stand-in for Zoom, and a person who connects the two. */
export const startConnecting = async (over: Parameters<typeof startGateway>[0] = {}) => {
  const simulator = await startSimulator();
  const address = { apiUrl: `${simulator.url}/v2`, oauthUrl: `${simulator.url}/oauth` };
  const gateway = await startGateway({ ...over, zoom: { zoom: address, ...over.zoom } });
  const control = controlOf(simulator.url);

  const ask = (method: string, path: string, payload?: object) =>
    gateway.inject({ method, url: `/api/connectors${path}`, headers: bearer("admin"), payload });

  const browse = (url: string, headers: Record<string, string> = {}, form?: Record<string, string>) =>
    fetch(url.replace("http://gateway.test", gateway.url), {
      redirect: "manual",
      headers,
      ...(form && { method: "POST", body: new URLSearchParams(form) }),
    });

  /** Begins to sign in, as somebody with this key; answers where the browser is sent and what it keeps. */
  const begin = async (connector: string, key: string) => {
    const answer = await browse(`${gateway.url}/oauth/zoom/start`, {}, { connector, key });
    const text = await answer.text();
    return {
      status: answer.status,
      location: nextOf(text),
      cookie: answer.headers.get("set-cookie")?.split(";")[0] ?? "",
      setCookie: answer.headers.get("set-cookie") ?? "",
      text,
    };
  };

  /** Where Zoom sends the browser back to, once its page is answered. */
  const atZoom = async (location: string, decision: "allow" | "deny" = "allow"): Promise<string> => {
    const { origin, pathname, searchParams } = new URL(location);
    const form = { ...Object.fromEntries(searchParams), user: "host1@example.com", decision };
    return (await browse(`${origin}${pathname}`, {}, form)).headers.get("location") ?? "";
  };

  const back = async (url: string, cookie: string) => {
    const answer = await browse(url, { cookie });
    return { status: answer.status, text: await answer.text() };
  };

  return {
    gateway,
    simulator,
    control,
    ask,
    browse,
    begin,
    atZoom,
    back,
    requests: async (): Promise<{ path: string }[]> =>
      (await control<{ requests: { path: string }[] }>("/requests")).requests,
    close: async () => {
      await gateway.close();
      await simulator.close();
    },
  };
};

export type Connecting = Awaited<ReturnType<typeof startConnecting>>;
