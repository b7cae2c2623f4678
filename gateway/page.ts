import { createHash } from "node:crypto";
import type { FastifyReply } from "fastify";
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
{{#connector}}<input type="hidden" name="connector" value="{{connector}}">{{/connector}}
{{#key}}<label>{{key}}
<input type="password" name="key" autocomplete="off" required autofocus></label>{{/key}}
<button>{{button}}</button>
</form>
{{/form}}
{{#links}}<p><a href="{{href}}">{{text}}</a></p>{{/links}}
`;

export type Page = {
  title: string;
  text?: string;
  /** `key` is what is asked for beside its field; without it, nothing is asked. */
  form?: { action: string; button: string; key?: string | undefined; connector?: string };
  links?: { href: string; text: string }[];
  /** Where it leads by itself. Not by a redirect: that would count as the form's, and Zoom's own redirects with it. */
  next?: string;
};

/** A page for people at a browser; what is filled in is escaped. */
const page = (view: Page): string => Mustache.render(template, { text: "", key: "", connector: "", ...view });

const styleHash = createHash("sha256").update(style).digest("base64");

/** No script, nothing from elsewhere. */
const pagePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${styleHash}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join("; ");

export const answerWithPage = (reply: FastifyReply, status: number, view: Page): FastifyReply =>
  reply
    .code(status)
    .header("content-type", "text/html; charset=utf-8")
    .header("content-security-policy", pagePolicy)
    .header("cache-control", "no-store")
    .send(page(view));
