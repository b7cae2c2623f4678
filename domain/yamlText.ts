import type { Document, Pair } from "yaml";
import { isScalar, Lexer, Parser, visit } from "yaml";

const mostLevels = 100;
const mostTokens = 20_000;

/**
 * Why a text is not looked at, if it is none that people write. What composes a document calls itself for each level, and where the
 * stack ends V8 gives up the whole process if it has to compile a regular expression just there; other parts take a time that
 * grows with the square of what there is. This reads token by token, and stops.
 */
export const tooMuch = (text: string): string | undefined => {
  const parser = new Parser();
  let tokens = 0;
  for (const token of new Lexer().lex(text)) {
    for (const _done of parser.next(token));
    tokens += 1;
    if (parser.stack.length > mostLevels) return `is nested more than ${mostLevels} levels deep`;
    if (tokens > mostTokens) return `has more than ${mostTokens} words and signs`;
  }
  return undefined;
};

/** Where a key stands that the same mapping has before. (The parser's own look at it compares each with each.) */
export const repeatedKeys = (document: Document): { message: string; pos: [number, number] }[] => {
  const found: { message: string; pos: [number, number] }[] = [];
  visit(document, {
    Map: (_key, { items }) => {
      const seen = new Set<unknown>();
      for (const { key } of items as Pair[]) {
        if (!isScalar(key)) continue;
        const [start = 0, end = 0] = key.range ?? [];
        if (seen.has(key.value)) found.push({ message: "Map keys must be unique", pos: [start, end] });
        seen.add(key.value);
      }
    },
  });
  return found;
};
