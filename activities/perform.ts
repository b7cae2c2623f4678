import { ApplicationFailure, Context } from "@temporalio/activity";
import type { Archive } from "../archive/types.ts";
import type { Authorization } from "../domain/failures.ts";
import type { Json, StepRequest, StepResult } from "../domain/plan.ts";
import type { TimelineEvent } from "../domain/timeline.ts";
import type { Outside } from "../outgoing/outside.ts";
import type { Store } from "../store/index.ts";
import type { ActionContext, AnyAction, EventDraft, ZoomAccounts } from "./action.ts";
import { withSignal } from "../zoom/client.ts";
import { beginBeating } from "./heartbeat.ts";
import { stepFailure } from "./stepFailure.ts";
import { accountFor, wantedBy } from "./zoomAccounts.ts";

export type PerformDeps = {
  store: Store;
  zoom: ZoomAccounts;
  archive?: Archive | undefined;
  outside: Outside;
  publicUrl: string;
  nowMs: () => number;
};

/**
 * The one wrapper around every action: runs it, writes its timeline events right when Zoom has answered, and turns
 * what went wrong into a failure that Temporal retries or not.
 */
export const performAction =
  (deps: PerformDeps, action: AnyAction) =>
  async (request: StepRequest): Promise<StepResult> => {
    const { info, heartbeat } = Context.current();
    let progress: Json | undefined;
    const context = contextFor(deps, request, (now) => heartbeat((progress = now)));
    const stopBeating = beginBeating(() => progress);
    try {
      const { outputs, events, effects } = await action.perform(context, request.input);
      await deps.store.timeline.append(request.incidentId, [
        ...(request.notes ?? []),
        ...placed(context, events),
      ]);
      return { outputs, ...(effects && { effects }) };
    } catch (error) {
      const failed = stepFailure(error, action, context.asked());
      if (info.attempt === 1 && !failed.nonRetryable) await sayRetrying(context, failed);
      throw failed;
    } finally {
      stopBeating();
    }
  };

/** Drafts as events of a step. */
export const placed = (
  { request, nowMs }: Pick<ActionContext, "request" | "nowMs">,
  drafts: EventDraft[],
): TimelineEvent[] =>
  drafts.map(({ id, ...draft }) => ({
    ...draft,
    id: id ?? `${request.executionId}/${request.step}/${draft.kind}`,
    at: new Date(nowMs).toISOString(),
    source: {
      type: "execution",
      execution_id: request.executionId,
      runbook: request.runbook,
      step: request.step,
    },
  }));

/** What an activity that does a step's work may use. */
export const contextFor = (
  deps: PerformDeps,
  request: StepRequest,
  progress: ActionContext["progress"] = () => undefined,
): ActionContext => {
  const { info, cancellationSignal } = Context.current();
  let asked: Authorization | undefined;
  const zoomIn: ActionContext["zoomIn"] = (wanted) => {
    const account = accountFor(deps.zoom, wanted, (tried) => (asked = { ...tried, round: request.round }));
    // A step that is cancelled, or whose worker shuts down, leaves no request behind.
    return { ...account, client: withSignal(account.client, cancellationSignal) };
  };
  const context: ActionContext = {
    store: deps.store,
    archive: deps.archive,
    signal: cancellationSignal,
    progress,
    publicUrl: deps.publicUrl,
    zoom: zoomIn(() => wantedBy(deps.store, request)),
    zoomIn,
    asked: () => asked,
    mail: deps.outside.mail,
    http: deps.outside.http,
    secretOf: deps.outside.secretOf,
    request,
    attempt: info.attempt,
    askedAtMs: info.scheduledTimestampMs,
    nowMs: deps.nowMs(),
    record: async (events) => {
      if (events.length > 0) await deps.store.timeline.append(request.incidentId, placed(context, events));
    },
  };
  return context;
};

/** What is merely not there yet is no trouble worth a line. */
const quietTypes: ReadonlySet<string> = new Set(["not_ready"]);

/** After the first failed try people learn that it is tried again, and where to meet until then. */
const sayRetrying = async (context: ActionContext, failed: ApplicationFailure): Promise<void> => {
  if (quietTypes.has(failed.type ?? "")) return;
  const { request, store } = context;
  const link = request.fallback?.join_url;
  const events: EventDraft[] = [
    {
      id: `${request.executionId}/${request.step}/step.retrying/${request.round}`,
      kind: "step.retrying",
      title: `Trying again: ${request.title}`,
      detail: failed.message,
      data: { code: failed.type },
    },
  ];
  if (typeof link === "string") {
    events.push({
      kind: "bridge.fallback",
      title: "Meet on the fallback bridge until Zoom's is ready",
      links: [{ title: "Join the fallback bridge", url: link }],
    });
  }
  await store.timeline.append(request.incidentId, placed(context, events)).catch(() => undefined);
};
