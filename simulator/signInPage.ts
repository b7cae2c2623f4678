import Mustache from "mustache";
import type { Answer } from "./call.ts";
import type { ScopeGroup } from "./scopeWords.ts";

const style = `body{font:16px/1.5 system-ui,sans-serif;color:#131619;max-width:36rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.25}h2{font-size:1.1rem}h3{font-size:1rem;margin:1rem 0 0}ul{margin:.25rem 0}
label{display:block;font-weight:600}select{font:inherit;padding:.5rem;width:100%;box-sizing:border-box}
button{font:inherit;padding:.6rem 1.5rem;margin:1rem .5rem 1rem 0;border:1px solid #0b5cff;border-radius:.5rem;background:#fff;color:#0b5cff}
button[value=allow]{background:#0b5cff;color:#fff}:focus-visible{outline:3px solid #131619;outline-offset:2px}
footer{color:#4f5660;border-top:1px solid #d3d6da;font-size:.9rem}`;

const frame = (body: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{title}} - Zoom (simulated)</title>
<style>${style}</style>
<main>
<h1>{{title}}</h1>
${body}
</main>
<footer><p>A stand-in for Zoom's sign-in page: nobody is asked for a password.</p></footer>
`;

const consentTemplate =
  frame(`<p>{{app}} will be able to do in the account {{account}} what is listed below, until you remove it.</p>
<form method="post" action="/oauth/authorize">
{{#fields}}<input type="hidden" name="{{name}}" value="{{value}}">
{{/fields}}
<label for="user">You sign in as</label>
<select id="user" name="user">
{{#people}}<option value="{{id}}">{{name}} ({{email}})</option>
{{/people}}
</select>
<button name="decision" value="allow">Allow</button>
<button name="decision" value="deny">Deny</button>
</form>
<h2>It asks for</h2>
{{#scopes}}
<h3>{{product}}</h3>
<ul>
{{#abilities}}<li>{{.}}</li>
{{/abilities}}
</ul>
{{/scopes}}
{{^scopes}}<p>Nothing: the app has no scopes.</p>{{/scopes}}`);

const refusalTemplate = frame(`<p>{{text}}</p>`);

export type Consent = {
  app: string;
  account: string;
  people: { id: string; name: string; email: string }[];
  scopes: ScopeGroup[];
  /** What the app sent the browser with. */
  asked: Record<string, string>;
};

export function consentPage({ asked, ...consent }: Consent): Answer {
  const fields = Object.entries(asked).map(([name, value]) => ({ name, value }));
  const title = `${consent.app} asks for access to your Zoom account`;
  return pageAnswer(200, Mustache.render(consentTemplate, { ...consent, fields, title }));
}

/** People look at it: nobody can be sent back, since it is not sure to whom. */
export const refusalPage = (status: number, title: string, text: string): Answer =>
  pageAnswer(status, Mustache.render(refusalTemplate, { title, text }));

const pageAnswer = (status: number, body: string): Answer => ({
  status,
  body,
  headers: { "content-type": "text/html;charset=UTF-8", "cache-control": "no-store" },
});
