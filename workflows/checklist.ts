import type { Execution, ExecutionState, StepProgress, StepState } from "../domain/plan.ts";

/** Words rather than symbols: not every operator's machine has a font for those. */
const words: Record<StepState, string> = {
  pending: "to do",
  running: "running",
  waiting: "waiting",
  completed: "done",
  skipped: "skipped",
  failed: "FAILED",
  parked: "PARKED",
  cancelled: "cancelled",
};

const headlines: Record<ExecutionState, string> = {
  running: "Running",
  waiting: "Waiting",
  parked: "**Parked: somebody must decide** (Updates: `retryStep`, `skipStep`, `cancel`)",
  completed: "Completed",
  failed: "Failed",
  cancelled: "Cancelled",
};

const line = ({ id, title, state, note, failure, group }: StepProgress): string => {
  const more = failure ? ` — ${failure.message} ${failure.advice}` : note ? ` — ${note}` : "";
  return `${group === undefined ? "" : "  "}- **${title}** \`${id}\`: ${words[state]}${more}`;
};

/** How an execution stands, as Markdown for Temporal's UI. */
export const checklist = (execution: Execution): string =>
  [`### ${execution.title}`, "", headlines[execution.state], "", ...execution.steps.map(line)].join("\n");
