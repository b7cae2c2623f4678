import type { AxiosInstance, AxiosRequestConfig } from "axios";
import type { RecordedEvent } from "../domain/timeline.ts";
import type { Problem } from "./errors.ts";
import { ApiError } from "./errors.ts";
import { readEvents } from "./eventStream.ts";

const unreachable = (url: string, error: unknown): ApiError => {
  const cause = error instanceof Error ? error.message || (error as NodeJS.ErrnoException).code : undefined;
  const detail = `No answer from ${url}${cause ? ` (${cause})` : ""}. Is the gateway running there?`;
  return new ApiError({ status: 0, title: "The gateway cannot be reached", detail }, { cause: error });
};

const isProblem = (body: unknown): body is Problem =>
  typeof body === "object" && body !== null && "title" in body && "detail" in body;

const refused = (status: number, body: unknown): ApiError =>
  isProblem(body)
    ? new ApiError({ ...body, status })
    : new ApiError({ status, title: `HTTP ${status}`, detail: `The server answered with status ${status}.` });

export const at = (...parts: string[]): string => `/api/${parts.map(encodeURIComponent).join("/")}`;

export const createCall = (http: AxiosInstance, url: string) => {
  return async <Answer>(config: AxiosRequestConfig): Promise<Answer> => {
    const response = await http.request<Answer>(config).catch((error: unknown) => {
      throw unreachable(url, error);
    });
    if (response.status >= 400) throw refused(response.status, response.data);
    return response.data;
  };
};

export type Call = ReturnType<typeof createCall>;

/** One connection of the stream; ends when the server ends it. */
const streamOf = (call: Call, http: AxiosInstance, url: string) =>
  async function* stream(
    id: string,
    { after, signal, onOpen }: { after: number; signal: AbortSignal | undefined; onOpen: () => void },
  ): AsyncGenerator<RecordedEvent> {
    const response = await http
      .request<AsyncIterable<Buffer>>({
        url: `${at("incidents", id, "timeline")}/stream`,
        params: { after },
        responseType: "stream",
        timeout: 0,
        ...(signal && { signal }),
      })
      .catch((error: unknown) => {
        throw unreachable(url, error);
      });
    // The body of an error is a stream too: the list says the same as text.
    if (response.status >= 400) {
      await call({ url: at("incidents", id, "timeline"), params: { after, limit: 1 } });
      throw refused(response.status, undefined);
    }
    onOpen();
    for await (const { event, data } of readEvents(response.data)) {
      if (event === "timeline") yield JSON.parse(data) as RecordedEvent;
    }
  };

const pause = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });

const mayPass = (error: unknown): boolean =>
  !(error instanceof ApiError) || error.status === 0 || error.status === 429 || error.status >= 500;

type FollowOptions = { after?: number; signal?: AbortSignal };

export const createFollower = (call: Call, http: AxiosInstance, url: string) => {
  const stream = streamOf(call, http, url);
  return async function* follow(
    id: string,
    { after = 0, signal }: FollowOptions = {},
  ): AsyncGenerator<RecordedEvent> {
    let seen = after;
    let wasOpen = false;
    let losses = 0;
    const onOpen = () => {
      wasOpen = true;
      losses = 0;
    };
    while (!signal?.aborted) {
      try {
        for await (const event of stream(id, { after: seen, signal, onOpen })) {
          seen = event.seq;
          yield event;
        }
      } catch (error) {
        if (signal?.aborted) return;
        // The first connection must work, so that a wrong URL is said at once.
        if (!wasOpen || !mayPass(error)) throw error;
      }
      losses += 1;
      await pause(Math.min(500 * 2 ** losses, 15_000), signal);
    }
  };
};
