import type { StepRequest, StepResult } from "../domain/plan.ts";
import type { CoreActivities } from "../domain/messages.ts";
import type { StatusCallActivities } from "../domain/statusCall.ts";
import type { Store } from "../store/index.ts";
import type { ZoomAccount } from "./action.ts";
import { catalogue } from "./actions/index.ts";
import { createCoreActivities } from "./core.ts";
import { performAction } from "./perform.ts";
import { createStatusCallActivities } from "./statusCalls.ts";

export type ActivityDeps = {
  store: Store;
  zoom: ZoomAccount;
  nowMs?: () => number;
};

type ActionActivities = { [action: string]: (request: StepRequest) => Promise<StepResult> };

/** Every activity a worker offers: the one factory through which dependencies enter. */
export const createActivities = ({
  store,
  zoom,
  nowMs = Date.now,
}: ActivityDeps): ActionActivities & CoreActivities & StatusCallActivities => {
  const deps = { store, zoom, nowMs };
  const actions = [...catalogue.values()].map((action) => [action.key, performAction(deps, action)] as const);
  return {
    ...Object.fromEntries(actions),
    ...createCoreActivities({ ...deps, catalogue }),
    ...createStatusCallActivities(deps),
  } as ActionActivities & CoreActivities & StatusCallActivities;
};

export type { ZoomAccount } from "./action.ts";
