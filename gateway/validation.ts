import type { FastifySchemaCompiler } from "fastify";
import type { z } from "zod";
import type { Problem } from "../domain/problems.ts";
import { problemsOf } from "../domain/problems.ts";
import { ProblemError } from "./problems.ts";

const partNames: Record<string, string> = {
  body: "body",
  querystring: "query",
  params: "path",
  headers: "headers",
};

/** A part of a request that does not fit its schema. */
export class InvalidRequest extends Error {
  override name = "InvalidRequest" as const;
  readonly part: string;
  readonly problems: Problem[];

  constructor(httpPart: string | undefined, problems: Problem[]) {
    super("The request does not fit its schema");
    this.part = partNames[httpPart ?? "body"] ?? "body";
    this.problems = problems;
  }

  toProblem(): ProblemError {
    const errors = this.problems.map(({ path, message, nearest }) => ({
      path,
      message,
      ...(nearest && { nearest }),
    }));
    const [first] = errors;
    const more = errors.length > 1 ? ` and ${errors.length - 1} more` : "";
    const where = first?.path ? `${this.part}: ${first.path} ` : `${this.part} `;
    return new ProblemError("invalid-request", `In the ${where}${first?.message ?? "is not valid"}${more}.`, {
      errors,
    });
  }
}

/** Checks requests with zod, and says what is wrong the way runbooks are linted: path, allowed, nearest name. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (given: unknown) => {
    // Without a body Fastify gives null.
    const result = schema.safeParse(given ?? undefined);
    return result.success
      ? { value: result.data }
      : { error: new InvalidRequest(httpPart, problemsOf(result.error, schema)) };
  };
