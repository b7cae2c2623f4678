import type { StepRequest, StepResult } from "../domain/plan.ts";
import type { FollowUpActivities } from "../domain/followUp.ts";
import type { CoreActivities } from "../domain/messages.ts";
import type { Store } from "../store/index.ts";
import type { ZoomAccount } from "./action.ts";
import { catalogue } from "./actions/index.ts";
import { createCoreActivities } from "./core.ts";
import { createFollowUpActivities } from "./followUp/activities.ts";
import { performAction } from "./perform.ts";

export type ActivityDeps = {
  store: Store;
  zoom: ZoomAccount;
  /** Where people reach the gateway. */
  publicUrl?: string;
  nowMs?: () => number;
};

type ActionActivities = { [action: string]: (request: StepRequest) => Promise<StepResult> };

/** Every activity a worker offers: the one factory through which dependencies enter. */
export const createActivities = ({
  store,
  zoom,
  publicUrl = "http://127.0.0.1:8080",
  nowMs = Date.now,
}: ActivityDeps): ActionActivities & CoreActivities & FollowUpActivities => {
  const deps = { store, zoom, publicUrl: publicUrl.replace(/\/$/, ""), nowMs };
  const actions = [...catalogue.values()].map((action) => [action.key, performAction(deps, action)] as const);
  return {
    ...Object.fromEntries(actions),
    ...createCoreActivities({ ...deps, catalogue }),
    ...createFollowUpActivities(deps),
  } as ActionActivities & CoreActivities & FollowUpActivities;
};

export type { ZoomAccount } from "./action.ts";
