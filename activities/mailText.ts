import Mustache from "mustache";
import type { Notice } from "./notice.ts";

/** Mustache escapes every value; nothing may stand here in three braces. */
const page = `<!doctype html>
<html>
<body style="font-family: sans-serif; max-width: 40em">
<h2>{{title}}</h2>
{{#paragraphs}}
<p>{{#lines}}{{.}}<br>{{/lines}}</p>
{{/paragraphs}}
{{#links}}
<p><a href="{{url}}"><b>{{title}}</b></a><br>{{url}}</p>
{{/links}}
<table>
{{#facts}}
<tr><td style="padding-right: 1em; vertical-align: top"><b>{{name}}</b></td><td>{{#lines}}{{.}}<br>{{/lines}}</td></tr>
{{/facts}}
</table>
</body>
</html>
`;

const linesOf = (text: string): string[] => text.split(/\r\n?|\n/);

export const mailHtml = ({ title, text, links, facts }: Notice): string =>
  Mustache.render(page, {
    title,
    paragraphs: text
      .split(/(?:\r?\n){2,}/)
      .filter(Boolean)
      .map((paragraph) => ({ lines: linesOf(paragraph) })),
    links,
    facts: facts.map(({ name, value }) => ({ name, lines: linesOf(value) })),
  });

export const mailPlainText = ({ text, links, facts }: Notice): string => {
  const blocks = [
    text,
    links.map(({ title, url }) => `${title}: ${url}`).join("\n"),
    facts.map(({ name, value }) => `${name}: ${linesOf(value).join("\n  ")}`).join("\n"),
  ];
  return `${blocks.filter(Boolean).join("\n\n")}\n`;
};
