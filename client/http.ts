import axios from "axios";
import type { Declaration, IncidentPatch } from "../domain/incident.ts";
import type { Json } from "../domain/plan.ts";
import type {
  ActionView,
  ErasedPerson,
  PersonExport,
  ExecutionAnswer,
  ExecutionStarted,
  IncidentAnswer,
  IncidentDetail,
  IncidentPage,
  IncidentQuery,
  LintAnswer,
  RunbookDetail,
  RunbookSaved,
  RunbookView,
  StepCommandName,
  TimelinePage,
} from "./api.ts";
import { accessCalls } from "./accessCalls.ts";
import { connectorCalls } from "./connectorCalls.ts";
import { at, createCall, createFollower } from "./httpCalls.ts";
import { subscriberCalls } from "./subscriberCalls.ts";

export type HttpClientOptions = {
  /** Where the gateway is: `http://127.0.0.1:8080`. */
  url: string;
  apiKey?: string | undefined;
  timeoutMs?: number;
};

export type DeclarationInput = Omit<Declaration, "severity"> & { severity: string };

/** The HTTP API, typed. Everything rejects with `ApiError`. */
export type HttpClient = ReturnType<typeof createHttpClient>;

export const createHttpClient = ({ url, apiKey, timeoutMs = 30_000 }: HttpClientOptions) => {
  const http = axios.create({
    baseURL: url.replace(/\/$/, ""),
    timeout: timeoutMs,
    validateStatus: () => true,
    maxRedirects: 0,
    headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
  });
  const call = createCall(http, url);
  const yaml = { headers: { "content-type": "application/yaml" } };

  return {
    declareIncident: (declaration: DeclarationInput) =>
      call<IncidentAnswer>({ method: "POST", url: at("incidents"), data: declaration }),
    changeIncident: (id: string, patch: Omit<IncidentPatch, "severity"> & { severity?: string }) =>
      call<IncidentAnswer>({ method: "PATCH", url: at("incidents", id), data: patch }),
    incidents: (query: IncidentQuery = {}) => call<IncidentPage>({ url: at("incidents"), params: query }),
    incident: (id: string) => call<IncidentDetail>({ url: at("incidents", id) }),
    timeline: (id: string, page: { after?: number; limit?: number } = {}) =>
      call<TimelinePage>({ url: at("incidents", id, "timeline"), params: page }),

    /** The timeline as it grows, for ever; a lost connection is taken up where it was. */
    followTimeline: createFollower(call, http, url),

    ...connectorCalls(call),
    ...accessCalls(call),
    ...subscriberCalls(call),
    exportPerson: (email: string) => call<PersonExport>({ url: at("people", email, "export") }),
    erasePerson: (email: string) =>
      call<ErasedPerson>({ method: "POST", url: at("people", email, "erase"), data: {} }),
    actions: () => call<{ actions: ActionView[] }>({ url: at("actions") }),
    runbooks: () => call<{ runbooks: RunbookView[] }>({ url: at("runbooks") }),
    runbook: (key: string) => call<RunbookDetail>({ url: at("runbooks", key) }),
    lintRunbook: (text: string) =>
      call<LintAnswer>({ ...yaml, method: "POST", url: at("runbooks", "lint"), data: text }),
    applyRunbook: (key: string, text: string) =>
      call<RunbookSaved>({ ...yaml, method: "PUT", url: at("runbooks", key), data: text }),
    removeRunbook: (key: string) => call<void>({ method: "DELETE", url: at("runbooks", key) }),
    executeRunbook: (incidentId: string, key: string, inputs: { [name: string]: Json } = {}) =>
      call<ExecutionStarted>({
        method: "POST",
        url: at("incidents", incidentId, "runbooks", key, "executions"),
        data: { inputs },
      }),

    execution: (id: string) => call<ExecutionAnswer>({ url: at("executions", id) }),
    command: (name: StepCommandName, id: string, step?: string) =>
      call<ExecutionAnswer>({
        method: "POST",
        url: at("executions", id, name),
        data: step === undefined ? {} : { step },
      }),
  };
};
