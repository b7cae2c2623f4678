import type { Archive } from "../archive/types.ts";
import type { StepRequest, StepResult } from "../domain/plan.ts";
import type { CoreActivities } from "../domain/messages.ts";
import type { Store } from "../store/index.ts";
import type { ZoomAccount } from "./action.ts";
import { catalogue } from "./actions/index.ts";
import { createCoreActivities } from "./core.ts";
import { performAction } from "./perform.ts";

export type ActivityDeps = {
  store: Store;
  zoom: ZoomAccount;
  /** Where recordings are kept outside Zoom. */
  archive?: Archive | undefined;
  nowMs?: () => number;
};

type ActionActivities = { [action: string]: (request: StepRequest) => Promise<StepResult> };

/** Every activity a worker offers: the one factory through which dependencies enter. */
export const createActivities = ({
  store,
  zoom,
  archive,
  nowMs = Date.now,
}: ActivityDeps): ActionActivities & CoreActivities => {
  const deps = { store, zoom, archive, nowMs };
  const actions = [...catalogue.values()].map((action) => [action.key, performAction(deps, action)] as const);
  return {
    ...Object.fromEntries(actions),
    ...createCoreActivities({ ...deps, catalogue }),
  } as ActionActivities & CoreActivities;
};

export type { ZoomAccount } from "./action.ts";
