import {
  condition,
  defineSignal,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  proxyActivities,
  proxySinks,
  setHandler,
  startChild,
} from "@temporalio/workflow";
import type { Sinks } from "@temporalio/workflow";
import type { BenchIncident } from "../side.ts";
import type { MadeMeeting, TwinActivities } from "./activities.ts";

/** Tells the bench, at no cost for the server, that the steps are done. */
export interface BenchSinks extends Sinks {
  bench: { done(id: string): void };
}

const { bench } = proxySinks<BenchSinks>();

/** The policy that our compiler gives every step. */
const steps = proxyActivities<TwinActivities>({
  startToCloseTimeout: "2 minutes",
  scheduleToCloseTimeout: "24 hours",
  heartbeatTimeout: "15 seconds",
  retry: { initialInterval: "1 second", backoffCoefficient: 2, maximumInterval: "1 minute" },
});

const runSteps = async (incident: BenchIncident): Promise<MadeMeeting> => {
  const made = await steps.createMeeting(incident);
  await steps.setFields({ bridge_url: made.joinUrl });
  const people = [incident.owner, ...incident.responders].map(({ email }) => email);
  await steps.addParticipants({ meetingId: made.meetingId, people });
  bench.done(incident.id);
  return made;
};

/** The least there can be: one workflow, the same three activities. */
export async function simplest(incident: BenchIncident): Promise<MadeMeeting> {
  return runSteps(incident);
}

const report = defineSignal<[MadeMeeting]>("report");
const goOn = defineSignal("goOn");

/** Our shape without what we do in it: an incident that starts a runbook and hears of its results. */
export async function entity(incident: BenchIncident): Promise<void> {
  const reports: MadeMeeting[] = [];
  let isOver = false;
  setHandler(report, (made) => void reports.push(made));
  setHandler(goOn, () => void (isOver = true));
  await startChild<typeof child>("child", {
    workflowId: `twin-runbook-${incident.id}`,
    args: [incident],
    parentClosePolicy: ParentClosePolicy.ABANDON,
  });
  await condition(() => isOver);
}

export async function child(incident: BenchIncident): Promise<void> {
  let isOver = false;
  setHandler(goOn, () => void (isOver = true));
  const made = await runSteps(incident);
  await getExternalWorkflowHandle(`twin-incident-${incident.id}`).signal(report, made);
  await condition(() => isOver);
}
