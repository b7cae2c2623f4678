import type { StepRequest, StepResult } from "../domain/plan.ts";
import type { CoreActivities } from "../domain/messages.ts";
import type { Outside } from "../outgoing/outside.ts";
import { createOutside } from "../outgoing/outside.ts";
import type { Store } from "../store/index.ts";
import type { ZoomAccount } from "./action.ts";
import { catalogue } from "./actions/index.ts";
import { createCoreActivities } from "./core.ts";
import { performAction } from "./perform.ts";

export type ActivityDeps = {
  store: Store;
  zoom: ZoomAccount;
  /** Mail, other systems and secrets; without it there is no mail and no secret. */
  outside?: Outside;
  nowMs?: () => number;
};

type ActionActivities = { [action: string]: (request: StepRequest) => Promise<StepResult> };

/** Every activity a worker offers: the one factory through which dependencies enter. */
export const createActivities = ({
  store,
  zoom,
  outside = createOutside(),
  nowMs = Date.now,
}: ActivityDeps): ActionActivities & CoreActivities => {
  const deps = { store, zoom, outside, nowMs };
  const actions = [...catalogue.values()].map((action) => [action.key, performAction(deps, action)] as const);
  return {
    ...Object.fromEntries(actions),
    ...createCoreActivities({ ...deps, catalogue }),
  } as ActionActivities & CoreActivities;
};

export type { ZoomAccount } from "./action.ts";
