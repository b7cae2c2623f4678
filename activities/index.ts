import type { Archive } from "../archive/types.ts";
import type { StepRequest, StepResult } from "../domain/plan.ts";
import type { FollowUpActivities } from "../domain/followUp.ts";
import type { MeetingDefaults } from "../domain/meetingDefaults.ts";
import type { CoreActivities, MeetingActivities } from "../domain/messages.ts";
import type { StatusCallActivities } from "../domain/statusCall.ts";
import type { Outside } from "../outgoing/outside.ts";
import { createOutside } from "../outgoing/outside.ts";
import type { Store } from "../store/index.ts";
import type { ZoomAccounts } from "./action.ts";
import { catalogue } from "./actions/index.ts";
import { createCoreActivities } from "./core.ts";
import { createFollowUpActivities } from "./followUp/activities.ts";
import { createMeetingActivities } from "./meeting.ts";
import { performAction } from "./perform.ts";
import { createStatusCallActivities } from "./statusCalls.ts";

export type ActivityDeps = {
  store: Store;
  zoom: ZoomAccounts;
  /** Where recordings are kept outside Zoom. */
  archive?: Archive | undefined;
  /** Mail, other systems and secrets; without it there is no mail and no secret. */
  outside?: Outside;
  /** Where people reach the gateway. */
  publicUrl?: string;
  /** What meetings have where a step says nothing; the gateway must be told the same. */
  meetingDefaults?: MeetingDefaults | undefined;
  nowMs?: () => number;
};

type ActionActivities = { [action: string]: (request: StepRequest) => Promise<StepResult> };

type AllActivities = ActionActivities &
  CoreActivities &
  MeetingActivities &
  StatusCallActivities &
  FollowUpActivities;

/** Every activity a worker offers: the one factory through which dependencies enter. */
export const createActivities = ({
  store,
  zoom,
  archive,
  outside = createOutside(),
  publicUrl = "http://127.0.0.1:8080",
  meetingDefaults,
  nowMs = Date.now,
}: ActivityDeps): AllActivities => {
  const deps = { store, zoom, archive, outside, publicUrl: publicUrl.replace(/\/$/, ""), nowMs };
  const actions = [...catalogue.values()].map((action) => [action.key, performAction(deps, action)] as const);
  return {
    ...Object.fromEntries(actions),
    ...createCoreActivities({ store, catalogue, meetingDefaults, connectors: zoom.known, nowMs }),
    ...createMeetingActivities(deps),
    ...createStatusCallActivities(deps),
    ...createFollowUpActivities(deps),
  } as AllActivities;
};

export type { ZoomAccounts } from "./action.ts";
