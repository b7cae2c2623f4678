import { createHash } from "node:crypto";
import Mustache from "mustache";

const style =
  "body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem}input,button{font:inherit;padding:.4rem .6rem;width:100%;box-sizing:border-box;margin:.4rem 0}";

const template = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>{{title}} - zoom-runbooks</title>
<style>${style}</style>
{{#next}}<meta http-equiv="refresh" content="0;url={{next}}">{{/next}}
<h1>{{title}}</h1>
{{#text}}<p>{{text}}</p>{{/text}}
{{#next}}<p><a href="{{next}}">Go on to Zoom</a></p>{{/next}}
{{#form}}
<form method="post" action="{{action}}">
<input type="hidden" name="connector" value="{{connector}}">
<label>An administrator's API key
<input type="password" name="key" autocomplete="off" required autofocus></label>
<button>Go on to Zoom</button>
</form>
{{/form}}
`;

export type Page = {
  title: string;
  text?: string;
  form?: { action: string; connector: string };
  /** Where it leads by itself. Not by a redirect: that would count as the form's, and Zoom's own redirects with it. */
  next?: string;
};

/** A page for people at a browser; what is filled in is escaped. */
export const page = (view: Page): string => Mustache.render(template, view);

const styleHash = createHash("sha256").update(style).digest("base64");

/** No script, nothing from elsewhere. */
export const pagePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${styleHash}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join("; ");
