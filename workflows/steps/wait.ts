import { CancellationScope, condition, isCancellation, sleep } from "@temporalio/workflow";
import { durationText } from "../../domain/duration.ts";
import { failure } from "../../domain/failures.ts";
import type { WaitingFor } from "../../domain/messages.ts";
import type { WaitStep } from "../../domain/plan.ts";
import { summary } from "../../domain/starts.ts";
import { displayText, renderText, TemplateError } from "../../domain/template.ts";
import { hasCome, meetingOf, whyInVain } from "../../domain/waiting.ts";
import { parked } from "../park.ts";
import { record } from "../report.ts";
import type { Run } from "../run.ts";
import { mark, note, StopRun, viewOf } from "../run.ts";

type Ending = "came" | "timed out" | "skipped";

/** Waits for a time or for an event, no longer than its time-out. */
export const runWait = async (run: Run, step: WaitStep): Promise<void> => {
  const { wait } = step;
  if ("durationMs" in wait) return waitFor(run, step, timer(step, wait.durationMs));
  if ("until" in wait) {
    const untilMs = instantMs(run, wait.until);
    return waitFor(run, step, timer(step, Math.max(0, untilMs - Date.now())));
  }
  if (wait.for === "approval") return waitFor(run, step, approval(run, step));
  return waitForEvent(run, step, {
    event: wait.for,
    ...(wait.meetingId !== undefined && { meetingId: displayText(renderText(wait.meetingId, viewOf(run))) }),
  });
};

type Wait = (timeoutMs: number | undefined) => Promise<Ending>;

const timer =
  (step: WaitStep, durationMs: number): Wait =>
  async (timeoutMs) => {
    const ms = Math.min(durationMs, timeoutMs ?? durationMs);
    await sleep(ms, { summary: `${summary(step.title)}, ${durationText(ms)}` });
    return timeoutMs !== undefined && timeoutMs < durationMs ? "timed out" : "came";
  };

const until =
  (step: WaitStep, isOver: () => boolean): Wait =>
  async (timeoutMs) => {
    if (timeoutMs === undefined) {
      await condition(isOver);
      return "came";
    }
    const limit = { summary: `${summary(step.title)}, at most ${durationText(timeoutMs)}` };
    return (await condition(isOver, timeoutMs, limit)) ? "came" : "timed out";
  };

const approval =
  (run: Run, step: WaitStep): Wait =>
  async (timeoutMs) => {
    const ending = await until(step, () => run.commands.get(step.id)?.command === "approve")(timeoutMs);
    const by = run.commands.get(step.id)?.by;
    if (ending === "came")
      note(run, "runbook.resumed", `Approved by ${by}: ${step.title}`, { step: step.id });
    return ending;
  };

const event =
  (run: Run, step: WaitStep, waiting: WaitingFor): Wait =>
  async (timeoutMs) => {
    const ending = await until(step, () => hasCome(waiting, run.facts))(timeoutMs);
    return ending === "came" ? cameOrVain(run, step, waiting) : ending;
  };

/** Nothing is left to wait for: people are told if it is because it never will come. */
const cameOrVain = (run: Run, step: WaitStep, waiting: WaitingFor): Ending => {
  const detail = whyInVain(waiting, run.facts);
  if (detail === undefined) return "came";
  note(run, "step.skipped", `Waited in vain: ${step.title}`, { step: step.id, detail });
  return "skipped";
};

const instantMs = (run: Run, text: string): number => {
  const rendered = displayText(renderText(text, viewOf(run)));
  const atMs = Date.parse(rendered);
  if (Number.isNaN(atMs)) throw new TemplateError(`wait.until: "${rendered}" is no instant`, text);
  return atMs;
};

const waitForEvent = async (run: Run, step: WaitStep, waiting: WaitingFor): Promise<void> => {
  const isAboutMeeting = waiting.event !== "incident.resolved";
  if (isAboutMeeting && meetingOf(waiting, run.facts) === undefined) {
    note(run, "step.skipped", `Skipped: ${step.title}`, {
      step: step.id,
      detail: "There is no Zoom meeting to wait for.",
    });
    return mark(run, step.id, "skipped", { note: "no Zoom meeting to wait for" });
  }
  if (hasCome(waiting, run.facts)) return finish(run, step, cameOrVain(run, step, waiting));
  run.waiting.set(step.id, waiting);
  try {
    await waitFor(run, step, event(run, step, waiting));
  } finally {
    run.waiting.delete(step.id);
  }
};

const waitFor = async (run: Run, step: WaitStep, wait: Wait): Promise<void> => {
  const limit = step.timeoutMs === undefined ? "" : `at most ${durationText(step.timeoutMs)}`;
  mark(run, step.id, "waiting", limit ? { note: limit } : {});
  note(run, "runbook.waiting", step.title, { step: step.id, ...(limit && { detail: limit }) });
  // An event that came while this is recorded must not be missed: the wait starts at once, beside it.
  const [ending] = await Promise.all([
    endingOf(run, step, wait),
    record(run, () => run.effects.length > 0 || run.waiting.size > 0),
  ]);
  if (ending === "timed out") return timedOut(run, step);
  finish(run, step, ending);
};

const finish = (run: Run, step: WaitStep, ending: Ending): void =>
  mark(run, step.id, ending === "skipped" ? "skipped" : "completed");

const endingOf = async (run: Run, step: WaitStep, wait: Wait): Promise<Ending> => {
  const scope = new CancellationScope();
  run.scopes.set(step.id, scope);
  try {
    return await scope.run(() => wait(step.timeoutMs));
  } catch (error) {
    const command = run.commands.get(step.id);
    if (!isCancellation(error) || command?.command !== "skip") throw error;
    note(run, "step.skipped", `Skipped by ${command.by}: ${step.title}`, { step: step.id });
    return "skipped";
  } finally {
    run.scopes.delete(step.id);
    run.commands.delete(step.id);
  }
};

const timedOut = async (run: Run, step: WaitStep): Promise<void> => {
  const waited = durationText(step.timeoutMs ?? 0);
  const timeout = failure("not_ready", `It did not come within ${waited}.`, {
    advice: "Decide whether to go on.",
  });
  const title = `Timed out after ${waited}: ${step.title}`;
  note(run, "step.timed_out", title, { step: step.id });
  if (step.onTimeout === "continue")
    return mark(run, step.id, "completed", { note: `timed out after ${waited}` });
  if (step.onTimeout === "stop") {
    mark(run, step.id, "failed", { failure: timeout });
    throw new StopRun(step.id, timeout);
  }
  const { command, by } = await parked(run, step, timeout);
  if (command === "retry") return waitAgain(run, step);
  mark(run, step.id, "skipped", { note: `skipped by ${by}` });
};

const waitAgain = (run: Run, step: WaitStep): Promise<void> => runWait(run, step);
