import Mustache from "mustache";
import type { Json } from "./plan.ts";

/**
 * Mustache without HTML escaping, with a display form for objects, and strict: a variable that does not exist is
 * an error and never an empty string, so that nobody is sent a broken link.
 */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
  readonly template: string;
  constructor(message: string, template: string) {
    super(message);
    this.template = template;
  }
}

type Token = [type: string, value: string, start: number, end: number, children?: Token[]];

/** A variable in a template, with how it is used. */
export type Variable = { path: string; kind: "value" | "section"; inSection: boolean };

const personText = ({ name, email, phone }: { name?: unknown; email?: unknown; phone?: unknown }): string => {
  if (name && email) return `${displayText(name)} <${displayText(email)}>`;
  return displayText(name ?? email ?? phone);
};

/** What people see of a value: a severity's label, `Name <email>` of a person, a list with commas. */
export const displayText = (value: unknown): string => {
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(displayText).filter(Boolean).join(", ");
  if (typeof value !== "object") return JSON.stringify(value);
  if ("label" in value) return displayText(value.label);
  const isPerson = "name" in value || "email" in value || "phone" in value;
  return isPerson ? personText(value) : JSON.stringify(value);
};

/**
 * It parses a template once and keeps the result. A worker's workflows share it, which is harmless: what is kept follows
 * from the template's text alone, and nobody changes it.
 */
const writer = new Mustache.Writer();
// {{{triple}}} and {{&ampersand}} go through the display form as well.
Object.assign(writer, {
  unescapedValue: (token: Token, context: Mustache.Context) => displayText(context.lookup(token[1])),
});

const parse = (template: string): Token[] => {
  try {
    return writer.parse(template) as Token[];
  } catch (error) {
    throw new TemplateError(`${(error as Error).message}: every {{ needs its }}`, template);
  }
};

const variablesIn = (tokens: Token[], inSection: boolean): Variable[] =>
  tokens.flatMap(([type, path, , , children]) => {
    if (type === "name" || type === "&" || type === "{") return [{ path, kind: "value" as const, inSection }];
    if (type === "#" || type === "^")
      return [
        { path, kind: "section" as const, inSection },
        ...variablesIn(children ?? [], type === "#" || inSection),
      ];
    return [];
  });

/** The variables that a template uses. Throws a TemplateError when its tags do not pair up. */
export const templateVariables = (template: string): Variable[] => variablesIn(parse(template), false);

export const hasTemplate = (text: string): boolean => text.includes("{{");

const exists = (context: Mustache.Context, path: string): boolean => context.lookup(path) !== undefined;

/** Variables outside sections must exist; inside a section they may belong to the section's item. */
const missingIn = (template: string, view: object): string | undefined => {
  const context = new Mustache.Context(view);
  return templateVariables(template).find(
    ({ path, kind, inSection }) => kind === "value" && !inSection && !exists(context, path),
  )?.path;
};

const oneVariable = /^\s*\{\{\{?&?\s*([\w.-]+)\s*\}?\}\}\s*$/;

const isRaw = (value: unknown): boolean =>
  typeof value !== "object" || value === null || Array.isArray(value);

/** Lint knows the outputs of each action, so what is missing in a run is mostly a step that came to nothing. */
const whyNot = (path: string): string => {
  const step = /^runbook\.outputs\.([^.]+)/.exec(path)?.[1];
  return step === undefined ? "" : `: step "${step}" failed, was skipped or gave no such output`;
};

/**
 * A text with its variables filled in. A text that is nothing but one variable takes that variable's own value,
 * so that `{{incident.responders}}` stays a list and `{{runbook.inputs.minutes}}` a number.
 */
export const renderText = (template: string, view: object): Json => {
  if (!hasTemplate(template)) return template;
  const missing = missingIn(template, view);
  if (missing !== undefined)
    throw new TemplateError(`{{${missing}}} has no value here${whyNot(missing)}`, template);

  const only = oneVariable.exec(template)?.[1];
  const value: unknown = only === undefined ? undefined : new Mustache.Context(view).lookup(only);
  if (value !== undefined && isRaw(value) && typeof value !== "string") return value as Json;
  if (isPlainObject(value) && !("label" in value)) return value as Json;
  return writer.render(template, view, undefined, { escape: displayText });
};

const isPlainObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Every string of a document rendered; `path` in errors names where it stands. */
export const renderJson = (document: Json, view: object, path = ""): Json => {
  if (typeof document === "string") {
    try {
      return renderText(document, view);
    } catch (error) {
      if (error instanceof TemplateError) throw new TemplateError(`${path}: ${error.message}`, document);
      throw error;
    }
  }
  if (Array.isArray(document))
    return document.map((item, index) => renderJson(item, view, `${path}[${index}]`));
  if (typeof document === "object" && document !== null) {
    const entries = Object.entries(document).map(([key, value]) => [
      key,
      renderJson(value, view, path ? `${path}.${key}` : key),
    ]);
    return Object.fromEntries(entries) as Json;
  }
  return document;
};
