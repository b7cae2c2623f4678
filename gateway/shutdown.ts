import type { App } from "./types.ts";

const lookMs = 50;

/**
 * On closing, answers what is under way and then ends every connection. Node ends idle connections by itself, but
 * waits a minute for those that were opened ahead and never used, as browsers and pools do.
 */
export const closeCleanly = (app: App, graceMs: number): void => {
  let underWay = 0;

  app.addHook("onRequest", async (_request, reply) => {
    underWay += 1;
    // Comes once, finished or aborted.
    reply.raw.once("close", () => (underWay -= 1));
  });

  app.addHook("preClose", async () => {
    if (!app.server.listening) return;
    const startedMs = Date.now();
    const look = setInterval(() => {
      if (underWay === 0 || Date.now() - startedMs > graceMs) app.server.closeAllConnections();
    }, lookMs);
    look.unref();
    app.server.once("close", () => clearInterval(look));
  });
};
