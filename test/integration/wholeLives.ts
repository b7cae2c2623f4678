import { setTimeout as sleep } from "node:timers/promises";
import type { IncidentDetail } from "../../client/api.ts";
import type { Execution } from "../../domain/plan.ts";
import { until } from "../support/until.ts";
import type { Cli } from "./cli.ts";
import { people } from "./story.ts";
import type { Topology } from "./support.ts";
import type { SimulatedMeeting } from "./zoom.ts";

/** The lives of a bridge, a briefing and a series, each played by people while its runbook works. */

export const responders = [
  { ...people.bo, team: "Database" },
  { ...people.cy, team: "Network" },
  { name: "Dee Park", phone: "+18005550100" },
];

export const mallory = { name: "Mallory", email: "mallory@example.com" };

export type Stage = Pick<Topology, "api" | "zoom"> & { cli: Cli };

/** Declares by the command line, which reads the fields from its standard input. */
export const declared = async ({ cli }: Pick<Stage, "cli">, id: string, file: string): Promise<string> => {
  const { incident } = await cli.json<Pick<IncidentDetail, "incident">>(
    "incident",
    "declare",
    "--file",
    file,
    "--id",
    id,
  );
  return incident.id;
};

export const executed = async (
  { cli }: Pick<Stage, "cli">,
  incident: string,
  runbook: string,
  ...more: string[]
) => {
  const { execution_id } = await cli.json<{ execution_id: string }>(
    "runbook",
    "execute",
    runbook,
    "--incident",
    incident,
    ...more,
  );
  return execution_id;
};

/** Waits in the API, which costs less than a process, until a step waits. */
export const waitsAt = ({ api }: Pick<Stage, "api">, executionId: string, step: string) =>
  until(
    `${executionId} at its step ${step}`,
    async () => {
      const { execution } = await api.execution(executionId);
      if (execution.ended_at !== null || execution.state === "parked")
        throw new Error(JSON.stringify(execution));
      return execution.steps.some(({ id, state }) => id === step && state === "waiting") ? true : undefined;
    },
    { everyMs: 300, withinMs: 40_000, instead: () => stepsOf(api, executionId) },
  );

const stepsOf = async (api: Stage["api"], executionId: string) =>
  (await api.execution(executionId)).execution.steps.map(({ id, state, failure }) => ({
    id,
    state,
    failure,
  }));

/** By the command line, which waits until the run is over. */
export const over = async ({ cli }: Pick<Stage, "cli">, executionId: string): Promise<Execution> =>
  (await cli.json<{ execution: Execution }>("execution", "show", executionId, "--wait")).execution;

/** The meeting that a step made, as Zoom has it. */
export const meetingOf = async (
  { api, zoom }: Pick<Stage, "api" | "zoom">,
  executionId: string,
  step: string,
) => {
  const { execution } = await api.execution(executionId);
  const outputs = execution.steps.find(({ id }) => id === step)?.outputs ?? {};
  const id = Number(outputs["meeting_id"] ?? outputs["webinar_id"]);
  const found = (await zoom.meetings()).find((meeting) => meeting.id === id);
  if (!found) throw new Error(`Zoom has no meeting of step ${step} of ${executionId}`);
  return found;
};

/** Zoom counts whole seconds. */
const talkMs = 1100;

/** How long Zoom takes for recordings here: longer than anything before, and then skipped. */
export const recordingDelayMs = 50_000;

const comeAndGo = async (stage: Stage, executionId: string, meeting: SimulatedMeeting, guests: Person[]) => {
  for (const guest of guests) await stage.zoom.join(String(meeting.id), guest);
  await waitsAt(stage, executionId, "talk");
  await sleep(talkMs);
  await stage.cli.done("execution", "approve", executionId);
};

type Person = { name: string; email: string };

export const playBridge = async (stage: Stage, executionId: string): Promise<void> => {
  await waitsAt(stage, executionId, "live");
  const meeting = await meetingOf(stage, executionId, "bridge");
  await comeAndGo(stage, executionId, meeting, [people.ana, people.bo, mallory]);
  await waitsAt(stage, executionId, "recorded");
};

export const playBriefing = async (stage: Stage, executionId: string): Promise<void> => {
  await waitsAt(stage, executionId, "live");
  const webinar = await meetingOf(stage, executionId, "briefing");
  await comeAndGo(stage, executionId, webinar, [people.ana, people.cy]);
};
