import type { Execution, ExecutionState, StepProgress, StepState } from "../domain/plan.ts";

const marks: Record<StepState, string> = {
  pending: "⬜",
  running: "🔄",
  waiting: "⏳",
  completed: "✅",
  skipped: "⏭️",
  failed: "❌",
  parked: "✋",
  cancelled: "🚫",
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
  return `${group === undefined ? "" : "  "}- ${marks[state]} **${title}** \`${id}\`${more}`;
};

/** How an execution stands, as Markdown for Temporal's UI. */
export const checklist = (execution: Execution): string =>
  [`### ${execution.title}`, headlines[execution.state], "", ...execution.steps.map(line)].join("\n");
