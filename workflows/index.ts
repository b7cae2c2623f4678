/** The workflow types that a worker registers; the barrel is what Temporal's bundler starts from. */
export { followUp } from "./followUp.ts";
export { incident } from "./incident.ts";
export { meeting } from "./meeting.ts";
export { runbook } from "./runbook.ts";
export { statusCall } from "./statusCall.ts";
