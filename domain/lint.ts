import { LineCounter, parseDocument } from "yaml";
import type { Means } from "./catalogue.ts";
import { lintAbilities } from "./lintAbilities.ts";
import { lintAdvice } from "./lintAdvice.ts";
import { lintConnectors } from "./lintConnectors.ts";
import { lintSteps } from "./lintSteps.ts";
import type { Json } from "./plan.ts";
import { pathText, problemsOf } from "./problems.ts";
import type { Runbook } from "./runbook.ts";
import { runbookSchema } from "./runbook.ts";
import { repeatedKeys, tooMuch } from "./yamlText.ts";

/**
 * One mark of the linter. Errors keep a runbook from being saved; warnings say what may fail; advice says what works and
 * could be better.
 */
export type LintMark = {
  level: "error" | "warning" | "advice";
  /** Where: `steps[1].input.topic`. Empty for the whole document. */
  path: string;
  message: string;
  /** From 1, when the document is a text. */
  line?: number;
  column?: number;
  nearest?: string;
};

export type Mark = Omit<LintMark, "line" | "column" | "path"> & { keys: PropertyKey[] };

export type LintOutcome = { runbook?: Runbook; marks: LintMark[] };

/** Aliases of YAML can grow without end. */
const parseOptions = { maxAliasCount: 50, prettyErrors: false, uniqueKeys: false } as const;

type Parsed = {
  value: Json;
  lineOf: (keys: PropertyKey[]) => { line?: number; column?: number };
  marks: LintMark[];
};

const parse = (text: string): Parsed => {
  const why = tooMuch(text);
  if (why !== undefined)
    return { value: null, lineOf: () => ({}), marks: [{ level: "error", path: "", message: why }] };
  const lines = new LineCounter();
  const document = parseDocument(text, { ...parseOptions, lineCounter: lines });
  const placeAt = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const errors = document.errors.length > 0 ? document.errors : repeatedKeys(document);
  const marks = errors.map(({ message, pos }): LintMark => ({
    level: "error",
    path: "",
    message: `is no valid YAML: ${message}`,
    ...placeAt(pos[0]),
  }));
  const lineOf = (keys: PropertyKey[]) => {
    // What is missing has no place of its own: point at the nearest thing around it that has one.
    for (let length = keys.length; length >= 0; length -= 1) {
      const node = document.getIn(keys.slice(0, length), true) as
        | { range?: [number, number, number] }
        | undefined;
      if (node?.range) return placeAt(node.range[0]);
    }
    return {};
  };
  if (marks.length > 0) return { value: null, lineOf, marks };
  return { ...valueOf(() => document.toJS(parseOptions) as Json), lineOf };
};

const valueOf = (read: () => Json): Pick<Parsed, "value" | "marks"> => {
  try {
    return { value: read(), marks: [] };
  } catch (error) {
    return {
      value: null,
      marks: [{ level: "error", path: "", message: `is no valid YAML: ${(error as Error).message}` }],
    };
  }
};

/** Checks a runbook as text, YAML and JSON alike. The runbook comes back when there is no error in its form. */
export const lintRunbook = (text: string, means: Means): LintOutcome => {
  const { value, lineOf, marks } = parse(text);
  if (marks.length > 0) return { marks };
  const place = ({ keys, ...mark }: Mark): LintMark => ({ ...mark, path: pathText(keys), ...lineOf(keys) });
  const checked = lintDocument(value, means);
  return { ...(checked.runbook && { runbook: checked.runbook }), marks: checked.marks.map(place) };
};

/** Checks a runbook that was parsed already. */
const lintDocument = (value: unknown, means: Means): { runbook?: Runbook; marks: Mark[] } => {
  const parsed = runbookSchema.safeParse(value);
  if (!parsed.success) {
    const marks = problemsOf(parsed.error, runbookSchema).map(({ message, nearest, keys }): Mark => ({
      level: "error",
      message,
      keys,
      ...(nearest && { nearest }),
    }));
    return { marks };
  }
  const marks = [...lintSteps(parsed.data, means.catalogue), ...lintConnectors(parsed.data, means)];
  return {
    runbook: parsed.data,
    marks: hasErrors(marks)
      ? marks
      : [...marks, ...lintAbilities(parsed.data, means), ...lintAdvice(parsed.data, means)],
  };
};

export const hasErrors = (marks: readonly { level: string }[]): boolean =>
  marks.some(({ level }) => level === "error");
