import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { MeetingEvent } from "../../domain/meetingLife.ts";
import { isMovement } from "../../domain/meetingLife.ts";
import { lifeChange, scopeOf } from "../../domain/milestones.ts";
import { meetingNews } from "../../gateway/meetingEvents.ts";
import type { Store } from "../../store/index.ts";
import { parseWebhook } from "../../zoom/webhookEvents.ts";

/** Takes the simulator's webhooks one after the other, and keeps what they tell where the gateway keeps it. */
export const listenToZoom = async (
  store: Store,
  tell: (event: MeetingEvent) => Promise<unknown> = async () => undefined,
) => {
  let taking = Promise.resolve();

  const take = async (body: string): Promise<void> => {
    const event = parseWebhook(body);
    const news = event && meetingNews(event);
    const row = news && (await store.meetings.get(news.meetingId));
    if (!news || !row) return;
    if (isMovement(news.event)) await store.meetings.addMovements(news.meetingId, [news.event]);
    await store.meetings.changeLife(
      news.meetingId,
      (before, current) => lifeChange(before, [news.event], scopeOf(current), news.event.atMs),
      { heard: true },
    );
    await tell(news.event);
  };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      taking = taking.then(() => take(Buffer.concat(chunks).toString()));
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    /** What the simulator's control of webhooks takes. */
    target: { url: `http://127.0.0.1:${port}/`, validate: false },
    close: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await taking;
    },
  };
};
