import { afterAll, afterEach } from "@jest/globals";
import { startSimulator as start } from "../../simulator/app.ts";
import type { Simulator, SimulatorOptions } from "../../simulator/app.ts";
import { documents } from "./contract/documents.ts";
import { judgeExchange, judgeWebhook } from "./contract/judge.ts";

const violations = new Set<string>();
let expected: RegExp[] = [];
/** Adds to what the test that is running now will be failed for. */
export const note = (found: string[]): void => found.forEach((each) => violations.add(each));
const tap = documents && {
  exchange: (seen: Parameters<typeof judgeExchange>[0]) => note(judgeExchange(seen)),
  webhook: (body: string) => note(judgeWebhook(body)),
};

/** The simulator, judged by Zoom's own documents where they are: what they do not allow fails the test. */
export const startSimulator = (options: SimulatorOptions = {}): Promise<Simulator> =>
  start({ ...options, ...(tap && { tap }) });

/** For a test that says what Zoom's documents do not allow, and means to: it fails when it did not. */
export const expectViolation = (pattern: RegExp): void => void expected.push(pattern);

const failOnViolations = (): void => {
  const found = [...violations].filter((each) => !expected.some((pattern) => pattern.test(each)));
  const missing = expected.filter((pattern) => ![...violations].some((each) => pattern.test(each)));
  violations.clear();
  expected = [];
  if (documents && missing.length > 0) throw new Error(`Zoom's documents do allow: ${missing.join(", ")}`);
  if (found.length > 0)
    throw new Error(`Zoom's documents do not allow:\n${found.map((each) => `  ${each}`).join("\n")}`);
};

afterEach(failOnViolations);
afterAll(failOnViolations);
