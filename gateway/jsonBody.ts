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

/** JSON bodies by Fastify's own parser, which keeps prototypes clean, with an answer that says what is wrong where. */
export const parseJson = (app: App): void => {
  const parser = app.getDefaultJsonParser("error", "error");
  app.removeContentTypeParser("application/json");
  app.addContentTypeParser<string>("application/json", { parseAs: "string" }, (request, body, done) => {
    void parser(request, body, (error, value) => {
      if (!error) return done(null, value);
      return done(body === "" ? error : new ProblemError("invalid-json", why(body)));
    });
  });
};
