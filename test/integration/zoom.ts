import type { startSimulator } from "../../simulator/app.ts";

type Simulator = Awaited<ReturnType<typeof startSimulator>>;

export type SimulatedMeeting = {
  id: number;
  topic: string;
  agenda: string;
  host_email: string;
  duration: number;
  deleted: boolean;
  status: "waiting" | "started";
  settings: Record<string, unknown>;
  panelists?: { name: string; email: string }[];
  sessions: {
    uuid: string;
    started_at: string | null;
    ended_at: string | null;
    participants: { name: string; email: string; by_phone: boolean; left_at: string | null }[];
    recording?: { phase: string; trashed: boolean; files: { file_type: string }[] };
  }[];
};

export type SimulatedDelivery = {
  request_id: string;
  event: string;
  meeting_id?: number;
  state: "pending" | "delivered" | "retrying" | "failed" | "dropped";
  attempts: { at: string; status?: number; error?: string }[];
};

type State = {
  meetings: SimulatedMeeting[];
  tokens: { issued: number; alive: number };
  webhooks: { deliveries: SimulatedDelivery[] };
};

export type SimulatedRequest = { method: string; path: string; status: number | null; fault?: string };

type Joining = { name: string; email?: string };

type Fault = { kind: string; method?: string; path?: string; event?: string; times?: number } & Record<
  string,
  unknown
>;

/** The stand-in for Zoom through its controls: its own truth, its faults, its clock and the people in its meetings. */
export const controlsOf = ({ url }: Pick<Simulator, "url">) => {
  const ask = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const answer = await fetch(`${url}/_sim${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    if (!answer.ok) throw new Error(`The simulator refused ${method} ${path}: ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  const meetings = async (): Promise<SimulatedMeeting[]> => (await ask<State>("GET", "/state")).meetings;

  return {
    url,
    state: () => ask<State>("GET", "/state"),
    meetings,
    /** By the beginning of their topic, which starts with the incident's short id. Deleted ones too. */
    meetingsOf: async (shortId: string) =>
      (await meetings()).filter(({ topic }) => topic.startsWith(`${shortId} `)),
    requests: async (method: string, path: RegExp): Promise<SimulatedRequest[]> => {
      const { requests } = await ask<{ requests: SimulatedRequest[] }>("GET", "/requests");
      return requests.filter((request) => request.method === method && path.test(request.path));
    },
    /** Of one event, or of all. */
    deliveries: async (event?: string): Promise<SimulatedDelivery[]> =>
      (await ask<State>("GET", "/state")).webhooks.deliveries.filter(
        (delivery) => event === undefined || delivery.event === event,
      ),
    /** Sets a fault; what comes back tells how often it has fired. */
    fault: async (rule: Fault) => {
      const { added } = await ask<{ added: { id: string }[] }>("POST", "/faults", rule);
      return async (): Promise<number> => {
        const { faults } = await ask<{ faults: { id: string; fired: number }[] }>("GET", "/faults");
        return faults.find(({ id }) => id === added[0]?.id)?.fired ?? 0;
      };
    },
    noFaults: () => ask("DELETE", "/faults"),
    settings: (change: object) => ask("POST", "/settings", change),
    /** Somebody removes the app on Zoom's Marketplace. */
    uninstall: () => ask("POST", "/uninstall", {}),
    advance: (advanceMs: number) => ask("POST", "/clock", { advanceMs }),
    now: async () => (await ask<{ nowMs: number }>("GET", "/clock")).nowMs,
    subscribe: (endpoint: object) => ask<{ active: boolean; reason?: string }>("POST", "/webhooks", endpoint),
    /** One person, or many one after the other. */
    join: (meetingId: string, people: Joining | Joining[]) =>
      ask("POST", `/meetings/${meetingId}/join`, people),
    leave: (meetingId: string, people: { name: string } | { name: string }[]) =>
      ask("POST", `/meetings/${meetingId}/leave`, people),
    end: (meetingId: string) => ask("POST", `/meetings/${meetingId}/end`),
  };
};
