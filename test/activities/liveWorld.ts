import { emailsOnCall, liveCallOf } from "../../activities/liveCall.ts";
import { until } from "../support/until.ts";
import { listenToZoom } from "../support/zoomWebhooks.ts";
import { startActions } from "./world.ts";

/** The actions, and a meeting's life that is kept from the simulator's webhooks as its workflow keeps it. */
export const startLive = async () => {
  const world = await startActions();
  const { store } = world;
  const webhooks = await listenToZoom(store);
  await world.control("/webhooks", webhooks.target);

  const life = async (meetingId: string) => (await store.meetings.get(meetingId))?.life ?? null;

  return {
    ...world,
    /** A bridge with people on it. */
    liveBridge: async (...emails: string[]): Promise<string> => {
      const meetingId = await world.bridge({ settings: { auto_recording: "none" } });
      for (const email of ["host1@example.com", ...emails])
        await world.control(`/meetings/${meetingId}/join`, { name: email.split("@")[0], email });
      await until("everybody's join", async () =>
        emailsOnCall(await liveCallOf(store, meetingId)).size === emails.length + 1 ? true : undefined,
      );
      return meetingId;
    },
    life,
    requestsLike: async (path: RegExp): Promise<number> => {
      const { requests } = await world.control<{ requests: { method: string; path: string }[] }>("/requests");
      return requests.filter((each) => path.test(`${each.method} ${each.path}`)).length;
    },
    [Symbol.asyncDispose]: async () => {
      await world[Symbol.asyncDispose]();
      await webhooks.close();
    },
  };
};
