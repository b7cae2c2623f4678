import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readEvents } from "../../client/eventStream.ts";
import type { RecordedEvent } from "../../domain/timeline.ts";
import type { TestGateway } from "./startGateway.ts";
import { anEvent, anIncident, bearer, startGateway } from "./startGateway.ts";

let gateway: TestGateway;
beforeAll(
  async () =>
    void (gateway = await startGateway({ limits: { requestsPerMinute: 100_000, heartbeatMs: 100 } })),
);
afterAll(() => gateway.close());

const declared = async (id: string, events = 0): Promise<string> => {
  await gateway.store.incidents.declare(anIncident({ id }));
  await append(id, 1, events);
  return id;
};

const append = async (id: string, from: number, to: number) => {
  for (let n = from; n <= to; n += 1) {
    await gateway.store.timeline.append(id, [anEvent({ id: `test/${n}`, title: `Event ${n}` })]);
  }
};

const list = async (id: string, query = "") =>
  (await gateway.inject({ url: `/api/incidents/${id}/timeline${query}`, headers: bearer("viewer") })).json();

const open = async (id: string, { headers = {}, query = "", base = gateway.url } = {}) => {
  const controller = new AbortController();
  const answer = await fetch(`${base}/api/incidents/${id}/timeline/stream${query}`, {
    headers: { ...bearer("viewer"), ...headers },
    signal: controller.signal,
  });
  return {
    answer,
    end: () => controller.abort(),
    messages: readEvents(answer.body as unknown as AsyncIterable<Buffer>),
  };
};

const take = async (
  messages: AsyncGenerator<{ data: string; id: string | undefined }>,
  count: number,
): Promise<number[]> => {
  const seqs: number[] = [];
  while (seqs.length < count) {
    const { value } = await messages.next();
    const event = JSON.parse(value.data) as RecordedEvent;
    expect(value.id).toBe(String(event.seq));
    seqs.push(event.seq);
  }
  return seqs;
};

const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, n) => first + n);

describe("The timeline as a list", () => {
  test("comes in order, in pages", async () => {
    const id = await declared("list-1", 5);
    const first = await list(id, "?limit=2");
    expect(first.events.map(({ title }: RecordedEvent) => title)).toEqual(["Event 1", "Event 2"]);
    expect(first.next).toBe(2);
    expect((await list(id, `?after=${first.next}`)).events.map(({ seq }: RecordedEvent) => seq)).toEqual([
      3, 4, 5,
    ]);
    expect(await list(id, "?after=5")).toEqual({ events: [], next: 5 });
  });

  test("of an unknown incident is a 404, with a wrong page a 400", async () => {
    expect((await list("none")).status).toBe(404);
    expect((await list("list-1", "?after=-1")).errors).toMatchObject([{ path: "after" }]);
    expect((await list("list-1", "?limit=5000")).errors).toMatchObject([{ path: "limit" }]);
  });
});

describe("The timeline as a stream", () => {
  test("sends what is there and then what comes, each once and in order", async () => {
    const id = await declared("stream-1", 3);
    const stream = await open(id);
    expect(stream.answer.headers.get("content-type")).toContain("text/event-stream");
    expect(await take(stream.messages, 3)).toEqual([1, 2, 3]);
    await append(id, 4, 6);
    expect(await take(stream.messages, 3)).toEqual([4, 5, 6]);
    stream.end();
  });

  test("has no gaps and no doubles while many write and many listen", async () => {
    const id = await declared("stream-2");
    const streams = await Promise.all(upTo(5).map(() => open(id)));
    const writers = upTo(4).map(async (writer) => {
      for (let n = 1; n <= 25; n += 1) {
        await gateway.store.timeline.append(id, [anEvent({ id: `w${writer}/${n}`, title: "x" })]);
      }
    });
    const heard = await Promise.all(streams.map(({ messages }) => take(messages, 100)));
    await Promise.all(writers);
    for (const seqs of heard) expect(seqs).toEqual(upTo(100));
    for (const { end } of streams) end();
  });

  test("goes on after the last event seen, from the header or the query", async () => {
    const id = await declared("stream-3", 4);
    const byHeader = await open(id, { headers: { "last-event-id": "2" }, query: "?after=1" });
    expect(await take(byHeader.messages, 2)).toEqual([3, 4]);
    const byQuery = await open(id, { query: "?after=3" });
    expect(await take(byQuery.messages, 1)).toEqual([4]);
    byHeader.end();
    byQuery.end();
  });

  test("sends long timelines whole", async () => {
    const id = await declared("stream-4");
    const events = upTo(450).map((n) => anEvent({ id: `many/${n}` }));
    await gateway.store.timeline.append(id, events);
    const stream = await open(id);
    expect(await take(stream.messages, 450)).toEqual(upTo(450));
    stream.end();
  });

  test("keeps connections alive with heartbeats", async () => {
    const id = await declared("stream-5");
    const answer = await fetch(`${gateway.url}/api/incidents/${id}/timeline/stream`, {
      headers: bearer("viewer"),
    });
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes(": still here\n\n: still here")) text += (await reader?.read())?.value ?? "";
    await reader?.cancel();
  });

  test("forgets listeners that leave", async () => {
    const openStreams = async () =>
      /timeline_streams (\d+)/.exec((await gateway.inject({ url: "/metrics" })).body)?.[1];
    while ((await openStreams()) !== "0") await new Promise((resolve) => setTimeout(resolve, 20));
  });

  test("is bounded for each key", async () => {
    await using small = await startGateway({ store: gateway.store, limits: { streamsPerKey: 1 } });
    const id = await declared("stream-6");
    const first = await open(id, { base: small.url });
    const second = await open(id, { base: small.url });
    expect(second.answer.status).toBe(503);
    expect(second.answer.headers.get("retry-after")).toBe("30");
    first.end();
  });

  test("ends when the gateway closes, so that it closes at once", async () => {
    const closing = await startGateway({ store: gateway.store });
    const id = await declared("stream-7", 1);
    const stream = await open(id, { base: closing.url });
    expect(await take(stream.messages, 1)).toEqual([1]);
    const startedMs = Date.now();
    await closing.close();
    expect(Date.now() - startedMs).toBeLessThan(1500);
    expect(await stream.messages.next()).toMatchObject({ done: true });
  });

  test("of an unknown incident is a 404", async () => {
    expect((await open("none")).answer.status).toBe(404);
  });
});
