import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Later } from "../../demo/embedded.ts";
import type { Control } from "../../demo/story.ts";
import { controlOf } from "../../demo/story.ts";

/** How often each kind of request was made: `POST /v2/users/{}/meetings`. */
export type RequestCounts = { [request: string]: number };

export type Zoom = {
  url: string;
  control: Control;
  /** Begins to count; what is called later answers what was asked since. OAuth apart: a token serves for an hour. */
  count(): Promise<() => Promise<RequestCounts>>;
};

type LoggedRequest = { at: string; method: string; path: string; status: number | null };

/** Ids and addresses are left out, so that what remains is the kind. */
const kindOf = ({ method, path }: LoggedRequest): string =>
  `${method} ${path.replaceAll(/\/(users|meetings)\/[^/]+/g, "/$1/{}")}`;

const countsOf = (requests: LoggedRequest[]): RequestCounts => {
  const counts: RequestCounts = {};
  for (const request of requests) {
    const kind = kindOf(request);
    if ((request.status ?? 599) >= 400) throw new Error(`Zoom answered ${request.status} to ${kind}`);
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
};

const requestsAt = async (url: string): Promise<LoggedRequest[]> => {
  const answer = await fetch(`${url}/_sim/requests`);
  return ((await answer.json()) as { requests: LoggedRequest[] }).requests;
};

/** Those that came after one. The simulator forgets all but the latest 5000. */
const after = (requests: LoggedRequest[], last: LoggedRequest | undefined): LoggedRequest[] => {
  if (last === undefined) return requests;
  const isLast = ({ at, method, path }: LoggedRequest): boolean =>
    at === last.at && method === last.method && path === last.path;
  const index = requests.findLastIndex(isLast);
  if (index < 0) throw new Error("There were so many requests that the simulator has forgotten the first");
  return requests.slice(index + 1);
};

/** Starts the stand-in for Zoom as a process of its own. */
export const startZoom = async (latencyMs: number, later: Later): Promise<Zoom> => {
  const child = fork(fileURLToPath(new URL("./zoomProcess.js", import.meta.url)), { execArgv: [] });
  const ended = once(child, "exit");
  later(async () => {
    if (child.connected) child.disconnect();
    await ended;
  });
  const [url] = (await Promise.race([
    once(child, "message"),
    ended.then(() => Promise.reject(new Error("The stand-in for Zoom did not start"))),
  ])) as [string];
  const control = controlOf(url);
  // One run makes more meetings than a host may in a day.
  await control("/settings", { limits: false, latencyMs });
  return {
    url,
    control,
    count: async () => {
      const last = (await requestsAt(url)).at(-1);
      return async () =>
        countsOf(after(await requestsAt(url), last).filter(({ path }) => path.startsWith("/v2")));
    },
  };
};
