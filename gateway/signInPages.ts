import type { MissingScopes } from "../connectors/check.ts";
import { ConnectorError } from "../connectors/errors.ts";
import { adviceOn, sentence } from "../connectors/explain.ts";
import { callbackUrl } from "../connectors/signInUrl.ts";
import { ZoomError } from "../zoom/errors.ts";
import type { Page } from "./page.ts";
import { ProblemError, problemTypes } from "./problems.ts";

/** What people read who sign in with Zoom. */

export type Answer = Page & { status: number };

export const title = "Sign in with Zoom";

/** For whoever comes back from Zoom with its browser's back button. */
const ifZoomRefuses = (publicUrl: string): Page["list"] => ({
  heading: "If Zoom does not let you in",
  items: [
    {
      term: "Invalid redirect url",
      text: `Add ${callbackUrl(publicUrl)} to the app's OAuth redirect URLs in Zoom's Marketplace.`,
    },
    {
      term: "Invalid client_id",
      text: "Compare the connector's client id with the app's. It has to be a General app: one for Server-to-Server OAuth lets nobody sign in.",
    },
    { term: "The app has been disabled", text: "Activate it in Zoom's Marketplace." },
    {
      term: "You cannot authorize the app",
      text: "An app for the whole account is allowed by an administrator of the Zoom account.",
    },
  ],
});

const wordsFor = ({ type, message }: ProblemError): string => {
  if (type === "key-required") return "There is no such API key. Check it, and give it again.";
  return type === "role-insufficient" ? `${message} Give the key of an administrator.` : message;
};

type Start = { url: string; connector: string; publicUrl: string; isAdmin: boolean };

/** Asks who is not signed in as an administrator for a key, again if the one before would not do. */
export const startPage = ({ url, connector, publicUrl, isAdmin }: Start, refused?: ProblemError): Answer => ({
  status: refused ? problemTypes[refused.type].status : 200,
  title,
  problem: refused && wordsFor(refused),
  text: "You go on to Zoom, choose an account there and allow the app what runbooks need. Whose account that is matters to everybody here, so an administrator does this.",
  form: {
    action: url,
    button: "Go on to Zoom",
    connector,
    key: isAdmin ? undefined : "An administrator's API key",
  },
  list: ifZoomRefuses(publicUrl),
});

type Connected = { name: string; user: string; missing: MissingScopes; again: string };

export const connectedPage = ({ name, user, missing, again }: Connected): Answer => {
  const works = `The connector "${name}" works for ${user} now.`;
  if (missing.length === 0)
    return { status: 200, title: "Connected", text: `${works} You may close this page.` };
  return {
    status: 200,
    title: "Connected, but scopes are missing",
    text: `${works} Some actions will fail in it, since the app lacks what is listed below.`,
    list: {
      heading: "Missing scopes",
      items: missing.map(({ anyOf, actions }) => ({
        term: anyOf.join(" or "),
        text: `for ${actions.join(", ")}`,
      })),
      after: "Add them to the app in Zoom's Marketplace, then sign in again: only a new sign-in brings them.",
    },
    links: [{ href: again, text: "Sign in again" }],
  };
};

/** People look at it, so what went wrong is a page. */
export const failurePage = (error: unknown): Answer => {
  const title = "Not signed in";
  if (error instanceof ConnectorError)
    return { title, status: error.code === "not_found" ? 404 : 409, problem: error.message };
  if (!(error instanceof ZoomError)) throw error;
  return {
    title,
    status: error.retryable ? 503 : 422,
    problem: sentence(error.message),
    text: adviceOn(error),
  };
};

/** What went wrong with a sign-in to a known connector. */
export const unfinishedPage = (error: unknown, { name, again }: { name: string; again: string }): Answer => ({
  ...failurePage(error),
  title: `Not signed in: ${name}`,
  links: [{ href: again, text: "Begin again" }],
});
