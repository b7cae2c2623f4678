import type { Answer } from "./call.ts";
import { APP } from "./defaults.ts";
import { newCode } from "./oauthUser.ts";
import { isForAccount, scopesInWords } from "./scopeWords.ts";
import { consentPage, refusalPage } from "./signInPage.ts";
import type { Cloud, User } from "./state.ts";
import { findUser, fullName } from "./users.ts";

type Asked = Record<string, string>;

/** GET /oauth/authorize: the page, unless a control said who agrees, or that nobody does. */
export function authorize(cloud: Cloud, asked: Asked): Answer {
  const page = refusal(cloud, asked);
  if (page !== undefined) return page;
  const { signInAs } = cloud.settings;
  if (signInAs !== "ask") return decided(cloud, asked, findUser(cloud, signInAs ?? ""));
  return consentPage({
    app: APP.name,
    account: cloud.accountId,
    people: peopleOf(cloud),
    scopes: scopesInWords(cloud.settings.scopes),
    asked,
  });
}

/** POST /oauth/authorize: what the page's form says, with what the app had asked for. */
export function decide(cloud: Cloud, form: Asked): Answer {
  const { user = "", decision, ...asked } = form;
  return (
    refusal(cloud, asked) ?? decided(cloud, asked, decision === "allow" ? findUser(cloud, user) : undefined)
  );
}

const peopleOf = ({ users }: Cloud) =>
  users
    .filter(({ status }) => status === "active")
    .map((user) => ({ id: user.id, name: fullName(user), email: user.email }));

/** Back to the app, with a code of whoever agreed. */
function decided(cloud: Cloud, asked: Asked, user: User | undefined): Answer {
  if (user !== undefined && !mayGrant(cloud, user)) return beyondRole(cloud, user);
  const redirectUri = asked.redirect_uri ?? "";
  const location = new URL(redirectUri);
  if (user === undefined) location.searchParams.set("error", "access_denied");
  else location.searchParams.set("code", newCode(cloud, user.id, redirectUri, asked));
  if (asked.state !== undefined) location.searchParams.set("state", asked.state);
  return { status: 302, headers: { location: location.href } };
}

function refusal(cloud: Cloud, asked: Asked): Answer | undefined {
  const reason = wrongApp(cloud, asked) ?? wrongRequest(cloud, asked);
  return reason === undefined ? undefined : refusalPage(400, refused, reason);
}

const refused = "You cannot authorize the app";

/** In Zoom's own words where they are known, with its codes. */
function wrongApp({ settings: { appDisabled, appKind } }: Cloud, { client_id }: Asked): string | undefined {
  const isKnown = client_id === APP.clientId && appKind !== "server_to_server";
  if (!isKnown) return `Invalid client_id: ${client_id ?? ""} (4,702)`;
  return appDisabled ? "The app has been disabled. (4,717)" : undefined;
}

function wrongRequest({ settings: { redirectUrls, scopes } }: Cloud, asked: Asked): string | undefined {
  const { redirect_uri = "", response_type = "", scope } = asked;
  if (!URL.canParse(redirect_uri) || redirectUrls?.includes(redirect_uri) === false)
    return `Invalid redirect url: ${redirect_uri} (4,700)`;
  if (response_type !== "code") return `Invalid response type: ${response_type} (4,700)`;
  const foreign = scope?.split(/\s+/).filter((each) => !scopes.includes(each)) ?? [];
  return foreign.length > 0 ? `Invalid scope: ${foreign.join(" ")} (4,700)` : undefined;
}

const mayGrant = ({ settings }: Cloud, { role }: User): boolean =>
  role === "admin" || !settings.scopes.some(isForAccount);

const beyondRole = ({ settings }: Cloud, user: User): Answer =>
  refusalPage(
    403,
    refused,
    `${user.email} is no administrator of the account, and the app asks for ${settings.scopes.find(isForAccount)} and other rights over it. Ask an administrator to sign in.`,
  );
