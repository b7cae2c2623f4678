import type { FastifyRequest } from "fastify";
import { z } from "zod";

/** A control was asked for something it cannot do; the message says what. */
export class ControlRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "ControlRefusal";
    this.status = status;
  }
}

export const readControl = <S extends z.ZodType>(schema: S, request: FastifyRequest): z.infer<S> =>
  read(schema, parse(request.body));

/** What one body asks for, or each of a list of bodies, one after the other; the answer is a list then. */
export function controlEach<S extends z.ZodType, Answer>(
  schema: S,
  request: FastifyRequest,
  act: (given: z.infer<S>) => Answer,
): Answer | Answer[] {
  const given = parse(request.body);
  return Array.isArray(given) ? read(z.array(schema), given).map(act) : act(read(schema, given));
}

function read<S extends z.ZodType>(schema: S, given: unknown): z.infer<S> {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw new ControlRefusal(400, z.prettifyError(result.error));
}

function parse(body: unknown): unknown {
  if (typeof body !== "string" || body === "") return {};
  try {
    return JSON.parse(body);
  } catch {
    throw new ControlRefusal(400, "The body is not JSON.");
  }
}
