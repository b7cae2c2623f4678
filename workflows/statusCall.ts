import {
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import { durationText } from "../domain/duration.ts";
import { isResolved } from "../domain/incidentChange.ts";
import { instantText } from "../domain/instant.ts";
import type { IncidentNews } from "../domain/messages.ts";
import { incidentSignals, incidentWorkflowId, runbookSignals } from "../domain/messages.ts";
import type { Facts } from "../domain/plan.ts";
import type { StatusCallActivities, StatusCallEnd, StatusCallInput } from "../domain/statusCall.ts";
import { nextCallMs } from "../domain/statusCall.ts";
import { tell } from "./report.ts";

const factsSignal = defineSignal<[Facts]>(runbookSignals.facts);

const { remindOfStatusCall, leaveStatusCall } = proxyActivities<StatusCallActivities>({
  startToCloseTimeout: "1 minute",
});

/** People may stay in the last call for long; a meeting that is live cannot be deleted. */
const { removeStatusCall } = proxyActivities<StatusCallActivities>({
  startToCloseTimeout: "1 minute",
  scheduleToCloseTimeout: "1 day",
  retry: { initialInterval: "10 seconds", maximumInterval: "10 minutes" },
});

/** Reminds people of each call until the incident is resolved, then removes the meeting. */
export async function statusCall(input: StatusCallInput): Promise<void> {
  let { facts } = input;
  setHandler(factsSignal, (news) => {
    if (news.version > facts.version) facts = news;
  });
  try {
    const end = await callAgain(input, () => facts);
    if (end !== "gone") await remove(input, end);
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(async () => {
      await remove(input, "cancelled");
      await tellIncident(input, facts);
    });
    throw error;
  }
  await tellIncident(input, facts);
}

const callAgain = async (input: StatusCallInput, facts: () => Facts): Promise<StatusCallEnd | "gone"> => {
  const { call, incidentId } = input;
  const isOver = () => isResolved(facts().incident);
  for (;;) {
    const atMs = nextCallMs(call, Date.now());
    if (isOver()) return "resolved";
    if (atMs === undefined) return "last";
    show(input, atMs);
    if (await condition(isOver, atMs - Date.now(), { summary: "Until the next status call" }))
      return "resolved";
    const { isGone } = await remindOfStatusCall({ incidentId, call, atMs });
    if (isGone) return "gone";
    if (workflowInfo().continueAsNewSuggested)
      await continueAsNew<typeof statusCall>({ ...input, facts: facts() });
  }
};

const remove = async ({ incidentId, call }: StatusCallInput, end: StatusCallEnd): Promise<void> => {
  try {
    await removeStatusCall({ incidentId, call, end });
  } catch (error) {
    if (isCancellation(error)) throw error;
    await leaveStatusCall({ incidentId, call });
  }
};

const show = ({ call }: StatusCallInput, atMs: number): void => {
  const every = durationText(call.everyMs);
  setCurrentDetails(
    `### ${call.topic}\n\nEvery ${every} until the incident is resolved; next at ${instantText(atMs)}.`,
  );
};

/** The incident keeps it among its open runs, so it hears of it as of a run's end. */
const tellIncident = ({ incidentId }: StatusCallInput, { version }: Facts): Promise<void> => {
  const { workflowId } = workflowInfo();
  const report = {
    executionId: workflowId,
    state: "completed" as const,
    waitingFor: [],
    factsVersion: version,
    effects: [],
  };
  return tell(incidentWorkflowId(incidentId), incidentSignals.news, {
    type: "execution",
    report,
  } satisfies IncidentNews);
};
