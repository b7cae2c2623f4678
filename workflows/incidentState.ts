import { ActivityFailure, ApplicationFailure } from "@temporalio/common";
import { condition, defineQuery, defineSignal, defineUpdate, setHandler } from "@temporalio/workflow";
import type { Incident } from "../domain/incident.ts";
import type {
  ChangeRequest,
  ExecuteAnswer,
  ExecuteRequest,
  Heard,
  IncidentInput,
  IncidentMemory,
  IncidentNews,
  WaitingFor,
} from "../domain/messages.ts";
import { incidentQueries, incidentSignals, incidentUpdates } from "../domain/messages.ts";
import type { Facts } from "../domain/plan.ts";
import { firstFacts } from "../domain/starts.ts";

export type IncidentState = {
  facts: Facts;
  starts: { [runbook: string]: number };
  /** Executions that have not ended, with what they wait for. */
  open: Map<string, WaitingFor[]>;
  /** By execution. */
  heard: Map<string, Heard>;
  followed: Set<string>;
  followUps: Set<string>;
  /** Updates, one after the other: each waits for its turn in the main loop. */
  inbox: (() => Promise<void>)[];
  news: IncidentNews[];
};

export const newState = ({ incident, planned, resumed }: IncidentInput): IncidentState => {
  const memory = resumed ?? firstMemory(incident, planned);
  return {
    facts: memory.facts,
    starts: memory.starts,
    open: new Map(Object.entries(memory.open)),
    heard: new Map(Object.entries(memory.heard ?? {})),
    followed: new Set(memory.followed),
    followUps: new Set(memory.followUps),
    inbox: [],
    news: [...memory.pending],
  };
};

const firstMemory = (incident: Incident, planned: IncidentInput["planned"] = []): IncidentMemory => ({
  facts: firstFacts(incident),
  starts: Object.fromEntries(planned.map(({ runbook }) => [runbook, 1])),
  open: Object.fromEntries(planned.map(({ executionId }) => [executionId, []])),
  followed: [],
  pending: [],
});

/** What goes along when the workflow continues as new. Updates are finished by then. */
export const memoryOf = (state: IncidentState): IncidentMemory => ({
  facts: state.facts,
  starts: state.starts,
  open: Object.fromEntries(state.open),
  heard: Object.fromEntries(state.heard),
  followed: [...state.followed],
  followUps: [...state.followUps],
  pending: state.news,
});

const newsSignal = defineSignal<[IncidentNews]>(incidentSignals.news);
const changeUpdate = defineUpdate<Incident, [ChangeRequest]>(incidentUpdates.change);
const executeUpdate = defineUpdate<ExecuteAnswer, [ExecuteRequest]>(incidentUpdates.execute);
const memoryQuery = defineQuery<IncidentMemory>(incidentQueries.memory);

type Deeds = {
  change: (state: IncidentState, request: ChangeRequest) => Promise<void>;
  execute: (state: IncidentState, request: ExecuteRequest) => Promise<string>;
};

export const handleMessages = (state: IncidentState, { change, execute }: Deeds): void => {
  setHandler(newsSignal, (news) => void state.news.push(news));
  setHandler(memoryQuery, () => memoryOf(state));
  setHandler(changeUpdate, async (request) => {
    await inTurn(state, () => change(state, request));
    return state.facts.incident;
  });
  setHandler(executeUpdate, async (request) => ({
    executionId: await inTurn(state, () => execute(state, request)),
  }));
};

/** Runs `work` in the main loop, after what came before, and answers with how it went. */
const inTurn = async <T>(state: IncidentState, work: () => Promise<T>): Promise<T> => {
  let outcome: { value: T } | { error: unknown } | undefined;
  state.inbox.push(async () => {
    outcome = await work().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
  });
  await condition(() => outcome !== undefined);
  if (outcome && "value" in outcome) return outcome.value;
  throw refusal(outcome?.error);
};

/** An update fails with an ApplicationFailure; anything else would fail the workflow's task again and again. */
const refusal = (error: unknown): unknown =>
  error instanceof ActivityFailure && error.cause instanceof ApplicationFailure ? error.cause : error;
