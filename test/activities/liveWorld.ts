import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { emailsOnCall, liveCallOf } from "../../activities/liveCall.ts";
import { isMovement } from "../../domain/meetingLife.ts";
import { lifeChange } from "../../domain/milestones.ts";
import { meetingNews } from "../../gateway/meetingEvents.ts";
import { parseWebhook } from "../../zoom/webhookEvents.ts";
import { until } from "../support/until.ts";
import { startActions } from "./world.ts";

/** The actions, and a meeting's life that is kept from the simulator's webhooks as its workflow keeps it. */
export const startLive = async () => {
  const world = await startActions();
  const { store } = world;
  let saving = Promise.resolve();

  const take = async (body: string): Promise<void> => {
    const event = parseWebhook(body);
    const news = event && meetingNews(event);
    const row = news && (await store.meetings.get(news.meetingId));
    if (!news || !row) return;
    if (isMovement(news.event)) await store.meetings.addMovements(news.meetingId, [news.event]);
    const scope = { meetingId: news.meetingId, topic: row.meeting.topic, expected: [] };
    await store.meetings.changeLife(news.meetingId, (before) =>
      lifeChange(before, [news.event], scope, news.event.atMs),
    );
  };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      saving = saving.then(() => take(Buffer.concat(chunks).toString()));
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await world.control("/webhooks", { url: `http://127.0.0.1:${port}/`, validate: false });

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
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await saving;
    },
  };
};
