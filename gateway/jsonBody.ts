import type { App } from "./types.ts";
import { ProblemError } from "./problems.ts";

const why = (body: string): string => {
  try {
    JSON.parse(body);
    return '"__proto__" and "constructor" are no field names.';
  } catch (error) {
    return `${(error as Error).message}.`;
  }
};

const mostLevels = 100;

/** How deep it is nested, told without going down: what looks at the value later calls itself for each level. */
const levelsOf = (text: string): number => {
  let [level, deepest, isText] = [0, 0, false];
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (isText && sign === "\\") at += 1;
    else if (sign === '"') isText = !isText;
    else if (!isText && (sign === "[" || sign === "{")) deepest = Math.max(deepest, (level += 1));
    else if (!isText && (sign === "]" || sign === "}")) level -= 1;
  }
  return deepest;
};

/** JSON bodies by Fastify's own parser, which keeps prototypes clean, with an answer that says what is wrong where. */
export const parseJson = (app: App): void => {
  const parser = app.getDefaultJsonParser("error", "error");
  app.removeContentTypeParser("application/json");
  app.addContentTypeParser<string>("application/json", { parseAs: "string" }, (request, body, done) => {
    if (levelsOf(body) > mostLevels)
      return done(new ProblemError("invalid-json", `It is nested more than ${mostLevels} levels deep.`));
    void parser(request, body, (error, value) => {
      if (!error) return done(null, value);
      return done(body === "" ? error : new ProblemError("invalid-json", why(body)));
    });
  });
};
