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

export function readControl<S extends z.ZodType>(schema: S, request: FastifyRequest): z.infer<S> {
  const read = schema.safeParse(parse(request.body));
  if (read.success) return read.data;
  throw new ControlRefusal(400, z.prettifyError(read.error));
}

function parse(body: unknown): unknown {
  if (typeof body !== "string" || body === "") return {};
  try {
    return JSON.parse(body);
  } catch {
    throw new ControlRefusal(400, "The body is not JSON.");
  }
}
