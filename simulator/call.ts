import { ZoomRefusal } from "./errors.ts";
import type { Cloud } from "./state.ts";

export type Answer = { status: number; body?: unknown; headers?: Record<string, string> };

/** A call that Zoom lets through: decoded parameters, and the undecoded ones for UUIDs. */
export type Call = {
  params: Record<string, string>;
  rawParams: Record<string, string>;
  query: Record<string, string>;
  body: unknown;
};

export type Handler = (cloud: Cloud, call: Call) => Answer;

/** Runs what may be refused, and makes an answer of the refusal. */
export function answered(decide: () => Answer): Answer {
  try {
    return decide();
  } catch (error) {
    if (!(error instanceof ZoomRefusal)) throw error;
    return { status: error.status, body: error.body, headers: error.headers };
  }
}
