import type { Authorization } from "../domain/failures.ts";
import type { StepRequest } from "../domain/plan.ts";
import type { Store, TrackedMeeting } from "../store/index.ts";
import { deferred } from "../zoom/client.ts";
import type { ActionContext, FoundAccount, Wanted, ZoomAccount, ZoomAccounts } from "./action.ts";
import { meetingIdField } from "./fields.ts";

/** An account that is looked up when it is first needed, and stays the same from then on. */
export const accountFor = (
  zoom: ZoomAccounts,
  wanted: () => Promise<Wanted>,
  tried: (authorization: Omit<Authorization, "round">) => void = () => undefined,
): ZoomAccount => {
  let looking: Promise<FoundAccount> | undefined;
  const look = async (): Promise<FoundAccount> => {
    const asked = await wanted();
    const { connector = null, account_id = null } = asked;
    const is_default = connector === null;
    tried({ connector, account_id, authorized_at: null, is_default });
    const found = await zoom.find(asked);
    tried({ ...found.madeIn, authorized_at: found.authorizedAt, is_default });
    return found;
  };
  const account = () => (looking ??= look());
  return {
    client: deferred(async () => (await account()).client),
    hosts: async () => (await account()).hosts(),
    madeIn: async () => (await account()).madeIn,
  };
};

/** The account a meeting was made in; what was made before that was kept is in the default one. */
const placeOf = ({ made_in }: TrackedMeeting): Wanted => made_in ?? {};

/** A meeting's calls go where it was made, whatever has become of the default since. */
export const accountOfMeeting = (
  { zoom, store }: { zoom: ZoomAccounts; store: Store },
  meeting: TrackedMeeting | string,
): ZoomAccount =>
  accountFor(zoom, async () => {
    const tracked = typeof meeting === "string" ? (await store.meetings.get(meeting))?.meeting : meeting;
    return tracked ? placeOf(tracked) : {};
  });

/** The same, for what an action does to another meeting than the one its step is about. */
export const zoomOf = ({ zoomIn, store }: ActionContext, meetingId: string): ZoomAccount =>
  zoomIn(async () => {
    const row = await store.meetings.get(meetingId);
    return row ? placeOf(row.meeting) : {};
  });

/** Where a step works: with the meeting it is about, if we made that; else as its runbook says. */
export const wantedBy = async (store: Store, { input, connector }: StepRequest): Promise<Wanted> => {
  const { data: meetingId } = meetingIdField.safeParse(input["meeting_id"] ?? input["webinar_id"]);
  const row = meetingId === undefined ? undefined : await store.meetings.get(meetingId);
  return row ? placeOf(row.meeting) : { connector };
};
