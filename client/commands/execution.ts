import { Command } from "commander";
import type { StepCommandName } from "../api.ts";
import type { Execution, StepProgress } from "../../domain/plan.ts";
import type { Cell, Io } from "../output.ts";
import { ExitError, exitCodes, painted, plain, stateCell, table, timeText } from "../output.ts";
import type { Session } from "../session.ts";

const stepRow = ({ id, title, state, note, failure, group }: StepProgress): Cell[] => [
  `${group === undefined ? "  " : "    "}${id}`,
  stateCell(state),
  [title, note, failure && `${failure.message} ${failure.advice}`].filter(Boolean).join(" · "),
];

/** What to type once a parked step was seen to, or given up. */
export const decisionLines = (id: string, step = ""): string[] => [
  `Try it again: zoom-runbooks execution retry ${id} ${step}`.trimEnd(),
  `Go on without it: zoom-runbooks execution skip ${id} ${step}`.trimEnd(),
];

const executionText = (io: Io, execution: Execution): string => {
  const ended = execution.ended_at ? `, ended ${timeText(execution.ended_at)}` : "";
  return [
    `${painted(io, plain(execution.title), "bold")}  ${table(io, [[stateCell(execution.state)]])}`,
    `${execution.id}, started by ${plain(execution.started_by)} ${timeText(execution.started_at)}${ended} UTC`,
    table(io, execution.steps.map(stepRow)),
    ...execution.steps.flatMap(({ id, state }) =>
      state === "parked" ? decisionLines(execution.id, id) : [],
    ),
  ].join("\n");
};

const pollMs = 1000;

/** Whether somebody must act before it can go on, or it is over. */
const rests = ({ state, ended_at: endedAt }: Execution): boolean => endedAt !== null || state === "parked";

/** Waits until an execution is over or parked, and shows it then. */
export const untilOver = async (session: Session, id: string): Promise<void> => {
  for (;;) {
    const answer = await session.api().execution(id);
    if (rests(answer.execution) || session.io.signal.aborted) {
      session.answer(answer, ({ execution }) => executionText(session.io, execution));
      if (answer.execution.state !== "completed") throw new ExitError(exitCodes.failed);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
};

const descriptions: Record<StepCommandName, string> = {
  retry: "try a parked step again",
  skip: "go on without a parked or waiting step",
  approve: "approve what a step waits for",
  cancel: "cancel the run and undo what it made",
};

const operatorCommand = (session: Session, name: StepCommandName): Command => {
  const command = new Command(name).description(descriptions[name]).argument("<id>", "the execution");
  if (name !== "cancel") command.argument("[step]", "may be left out when only one can be meant");
  return command.action(async (id: string, second: unknown) => {
    const step = name === "cancel" ? undefined : (second as string | undefined);
    session.answer(await session.api().command(name, id, step), ({ execution }) =>
      executionText(session.io, execution),
    );
  });
};

export const executionCommands = (session: Session): Command => {
  const group = new Command("execution").description("look at a run, and act on it");
  group
    .command("show")
    .description("show how a run stands")
    .argument("<id>")
    .option("--wait", "until it is over or parked; exit code 1 unless it completes")
    .action(async (id: string, { wait }: { wait?: boolean }) => {
      if (wait) return untilOver(session, id);
      session.answer(await session.api().execution(id), ({ execution }) =>
        executionText(session.io, execution),
      );
    });
  for (const name of Object.keys(descriptions) as StepCommandName[])
    group.addCommand(operatorCommand(session, name));
  return group;
};
