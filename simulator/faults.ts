import type { Cloud, FaultKind, FaultRule } from "./state.ts";

const WEBHOOK_KINDS: readonly FaultKind[] = [
  "dropWebhook",
  "doubleWebhook",
  "delayWebhook",
  "shuffleWebhook",
];

/** The first rule that wants this request; taking it counts. */
export function takeRequestFault(cloud: Cloud, method: string, path: string): FaultRule | undefined {
  return cloud.faults.find(
    (rule) => !isForWebhooks(rule) && matches(rule.method, method) && matches(rule.path, path) && fires(rule),
  );
}

export function takeWebhookFault(cloud: Cloud, event: string, meetingId?: number): FaultRule | undefined {
  return cloud.faults.find(
    (rule) =>
      isForWebhooks(rule) &&
      matches(rule.event, event) &&
      (rule.meetingId === undefined || rule.meetingId === meetingId) &&
      fires(rule),
  );
}

/** A number from 0 up to 1, the same for the same rule and turn on every run. */
export function seededRandom(seed: number, turn: number): number {
  let mixed = Math.imul(seed ^ (turn * 0x9e3779b9), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}

const isForWebhooks = (rule: FaultRule): boolean => WEBHOOK_KINDS.includes(rule.kind);

const matches = (pattern: string | undefined, text: string): boolean =>
  pattern === undefined || new RegExp(pattern).test(text);

function fires(rule: FaultRule): boolean {
  if (rule.times !== undefined && rule.fired >= rule.times) return false;
  rule.matched += 1;
  if (rule.matched <= rule.skip) return false;
  if (seededRandom(rule.seed, rule.matched) >= rule.probability) return false;
  rule.fired += 1;
  return true;
}
