import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { startValidatingProxy, withoutValidatingProxy } from "../support/contract/validatingProxy.ts";
import { startHttpSink } from "../support/httpSink.ts";
import { until } from "../support/until.ts";

const title = "a validating proxy before Zoom";

(withoutValidatingProxy === undefined ? describe : describe.skip)(
  withoutValidatingProxy === undefined ? title : `${title} (skipped: ${withoutValidatingProxy})`,
  () => {
    let meeting: object;
    let zoom: Awaited<ReturnType<typeof startHttpSink>>;
    let proxy: Awaited<ReturnType<typeof startValidatingProxy>>;
    beforeAll(async () => {
      zoom = await startHttpSink(() => ({
        status: 200,
        body: JSON.stringify(meeting),
        headers: { "content-type": "application/json" },
      }));
      proxy = await startValidatingProxy(`${zoom.url}/v2`);
    });
    afterAll(async () => {
      await proxy.stop();
      await zoom[Symbol.asyncDispose]();
    });

    const ask = async (method: string, path: string, body?: object) => {
      const { status } = await fetch(`${proxy.url}${path}`, {
        method,
        headers: { authorization: "Bearer x", "content-type": "application/json" },
        ...(body && { body: JSON.stringify(body) }),
      });
      return status;
    };

    test("lets through what Zoom's document allows, and tells of whatever else", async () => {
      meeting = { id: 85_746_065_432, topic: "A call" };
      expect(await ask("GET", "/meetings/85746065432")).toBe(200);
      expect(proxy.refused()).toEqual([]);

      const asked = zoom.requests.length;
      expect(await ask("PATCH", "/meetings/85746065432", { topic: 7 })).toBe(422);
      expect(await ask("GET", "/meeting/85746065432")).toBe(404);
      expect(zoom.requests).toHaveLength(asked);

      meeting = { id: "the first one" };
      expect(await ask("GET", "/meetings/85746065433")).toBe(500);
      // It writes of an answer after it gave it.
      await until("a word of all three", () => proxy.refused().length === 3 || undefined);
      expect(proxy.refused()).toEqual([
        expect.stringMatching(/patch \/meetings\/85746065432 .*UNPROCESSABLE_ENTITY/),
        expect.stringMatching(/get \/meeting\/85746065432 .*NO_PATH_MATCHED/),
        expect.stringMatching(/get \/meetings\/85746065433 .*VIOLATIONS/),
      ]);
    });
  },
);
