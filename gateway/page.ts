import { createHash } from "node:crypto";
import type { FastifyReply } from "fastify";
import Mustache from "mustache";

const style = `body{font:1rem/1.5 system-ui,sans-serif;color:#1b1f24;background:#fff;max-width:36rem;margin:0 auto;padding:1.5rem 1rem;overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.25}h2{font-size:1.1rem;margin:1.5rem 0 .5rem}
dt{font-weight:600}dd{margin:0 0 .5rem}
label{display:block;font-weight:600}
input,button{font:inherit;padding:.6rem .75rem;width:100%;box-sizing:border-box;margin:.4rem 0;border:1px solid #59636e;border-radius:.4rem}
button{background:#0b57d0;border-color:#0b57d0;color:#fff;font-weight:600}
a{color:#0b57d0}:focus-visible{outline:3px solid #1b1f24;outline-offset:2px}
.problem{border-left:.25rem solid #b3261e;background:#fdecea;padding:.5rem .75rem}`;

const template = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{title}} - zoom-runbooks</title>
<style>${style}</style>
{{#next}}<meta http-equiv="refresh" content="0;url={{next}}">{{/next}}
<main>
<h1>{{title}}</h1>
{{#problem}}<p class="problem" role="alert">{{problem}}</p>{{/problem}}
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
{{#list}}
<h2>{{heading}}</h2>
<dl>
{{#items}}<dt>{{term}}</dt><dd>{{text}}</dd>
{{/items}}
</dl>
{{#after}}<p>{{after}}</p>{{/after}}
{{/list}}
{{#links}}<p><a href="{{href}}">{{text}}</a></p>{{/links}}
</main>
`;

export type Page = {
  title: string;
  /** What went wrong; read out at once. */
  problem?: string | undefined;
  text?: string;
  /** `key` is what is asked for beside its field; without it, nothing is asked. */
  form?: { action: string; button: string; key?: string | undefined; connector?: string };
  list?: { heading: string; items: { term: string; text: string }[]; after?: string } | undefined;
  links?: { href: string; text: string }[];
  /** Where it leads by itself. Not by a redirect: that would count as the form's, and Zoom's own redirects with it. */
  next?: string;
};

/** Mustache looks outside for what a part lacks. */
const blank = { text: "", key: "", connector: "", after: "" };

/** A page for people at a browser; what is filled in is escaped. */
const page = (view: Page): string => Mustache.render(template, { ...blank, ...view });

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
