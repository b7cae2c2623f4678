import { randomBytes } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { IncidentDetail, IncidentSummary, MeetingView } from "../../client/api.ts";
import {
  declarationSchema,
  declaredIncident,
  incidentPatchSchema,
  incidentStatuses,
} from "../../domain/incident.ts";
import { firstResponderOf, readinessOf } from "../../domain/firstResponder.ts";
import { currentSession, endedSessions, headCountOf, newLife } from "../../domain/meetingLife.ts";
import type { CallView } from "../../domain/movements.ts";
import { callView } from "../../domain/movements.ts";
import { severities, severityFrom } from "../../domain/severity.ts";
import type { IncidentRow, MeetingRow } from "../../store/index.ts";
import { startedBy } from "../access.ts";
import { countFrom, idempotencyHeaders, incidentParams, problems } from "../answers.ts";
import { declare } from "../declare.ts";
import { incidentLinks } from "../links.ts";
import { notFound } from "../problems.ts";
import { incidentAnswer, incidentDetail, incidentPage } from "../schemas.ts";
import type { App, RouteContext } from "../types.ts";

const tags = ["incidents"];

const query = z.strictObject({
  severity: z.preprocess(
    (given) => (given === undefined ? given : (severityFrom(given) ?? given)),
    z.enum(severities).optional(),
  ),
  status: z.enum(incidentStatuses).optional(),
  open: z.enum(["true", "false"]).optional().meta({ description: "true: neither resolved nor closed" }),
  q: z.string().max(200).optional().meta({ description: "Words in the id, short id, title or service" }),
  limit: countFrom(1, 200, 50),
  before: z.string().max(200).optional().meta({ description: "The `next` of the page before" }),
});

/** Sorts by time, and cannot be guessed from another. */
const newIncidentId = (nowMs: number): string =>
  `inc-${nowMs.toString(36).padStart(9, "0")}${randomBytes(4).toString("hex")}`;

const summaryOf = ({ incident, bridge, lastSeq }: IncidentRow): IncidentSummary => ({
  incident,
  bridge,
  last_seq: lastSeq,
});

/** A crowd would not fit into an answer; the timeline and the attendance have everybody. */
const mostListed = 200;

type CallNow = Omit<CallView, "head_count"> & { head_count: number | null };

/** Of a call of which nobody knows who is on it, nobody is missing. */
const callNow = async (
  { store }: RouteContext,
  { meeting, life, expected }: MeetingRow,
): Promise<CallNow> => {
  const movements = await store.meetings.movementsNow(meeting.meeting_id, life ?? newLife());
  // Nobody is missing from a call that is not live, though somebody may wait to be let in.
  const isLive = life !== null && currentSession(life) !== undefined;
  const call = callView(movements, isLive ? expected : []);
  const head_count = headCountOf(life, call.head_count);
  return { ...call, head_count, missing: head_count === null ? [] : call.missing };
};

const firstResponder = (
  meeting: MeetingRow["meeting"],
  life: MeetingRow["life"],
): MeetingView["first_responder"] => {
  const { readyAtMs } = readinessOf(meeting);
  const [first] = (life?.sessions ?? []).flatMap(
    (session) => (life && firstResponderOf(life, session, readyAtMs)) ?? [],
  );
  return first
    ? {
        person: first.key,
        joined_at: new Date(first.atMs).toISOString(),
        seconds_to_join: Math.round(first.afterMs / 1000),
      }
    : null;
};

const viewOf = ({ meeting, life }: MeetingRow, call: CallNow): MeetingView => ({
  meeting_id: meeting.meeting_id,
  topic: meeting.topic,
  purpose: meeting.purpose,
  join_url: meeting.join_url,
  passcode: meeting.passcode ?? null,
  host: meeting.host,
  execution_id: meeting.execution_id,
  step: meeting.step,
  created_at: meeting.created_at,
  state: life?.state ?? "waiting",
  head_count: call.head_count,
  present: call.present.slice(0, mostListed),
  missing: call.missing.slice(0, mostListed),
  waiting_room: call.waiting.slice(0, mostListed),
  first_responder: firstResponder(meeting, life),
  ended_sessions: life ? endedSessions(life) : 0,
  recording_ready: life?.recordingReady ?? false,
});

export const onceKey = (request: FastifyRequest): { key: string | undefined } => ({
  key: request.headers["idempotency-key"] as string | undefined,
});

/** The stored incident, or a 404. */
export const storedIncident = async ({ store }: RouteContext, id: string): Promise<IncidentRow> => {
  const row = await store.incidents.get(id);
  if (!row) throw notFound("incident", id);
  return row;
};

const detailOf = async (context: RouteContext, id: string): Promise<IncidentDetail> => {
  const { store, links } = context;
  const row = await storedIncident(context, id);
  const [executions, meetings] = await Promise.all([
    store.executions.listByIncident(id),
    store.meetings.listByIncident(id),
  ]);
  const views = meetings.map(async (each) => viewOf(each, await callNow(context, each)));
  return {
    ...summaryOf(row),
    executions,
    meetings: await Promise.all(views),
    links: incidentLinks(links, id),
  };
};

const declareRoute = (app: App, context: RouteContext): void => {
  app.route({
    method: "POST",
    url: "/api/incidents",
    config: { access: "responder" },
    schema: {
      summary: "Declare an incident",
      description:
        "Runbooks whose trigger matches start. Declared again with the same id, it is the same incident.",
      tags,
      body: declarationSchema,
      response: {
        201: incidentAnswer.describe("Declared"),
        200: incidentAnswer.describe("Was declared before: as it is, unchanged"),
        ...problems(413, 415),
      },
    },
    handler: async (request, reply) => {
      const nowMs = context.now();
      const id = request.body.id ?? newIncidentId(nowMs);
      const given = declaredIncident(request.body, id, new Date(nowMs).toISOString());
      const { incident, created } = await declare(context, given);
      const links = incidentLinks(context.links, id);
      return reply
        .code(created ? 201 : 200)
        .header("location", links.self)
        .send({ incident, links });
    },
  });
};

const changeRoute = (app: App, context: RouteContext): void => {
  app.route({
    method: "PATCH",
    url: "/api/incidents/:id",
    config: { access: "responder" },
    schema: {
      summary: "Change an incident",
      description: "Fields left out stay. Triggers look at the change; a closed incident can be reopened.",
      tags,
      headers: idempotencyHeaders,
      params: incidentParams,
      body: incidentPatchSchema,
      response: { 200: incidentAnswer.describe("As it is now"), ...problems(404, 409, 413, 415, 422) },
    },
    handler: async (request) => {
      const { incident: stored } = await storedIncident(context, request.params.id);
      const change = { patch: request.body, by: startedBy(request) };
      const incident = await context.runbooks.changeIncident(stored, change, onceKey(request));
      return { incident, links: incidentLinks(context.links, incident.id) };
    },
  });
};

export const incidentRoutes = (app: App, context: RouteContext): void => {
  declareRoute(app, context);
  changeRoute(app, context);

  app.route({
    method: "GET",
    url: "/api/incidents",
    config: { access: "viewer" },
    schema: {
      summary: "List incidents, newest first",
      tags,
      querystring: query,
      response: { 200: incidentPage.describe("One page"), ...problems() },
    },
    handler: async ({ query: { open, ...filter } }) => {
      const isOpen = open === undefined ? undefined : open === "true";
      const { incidents, next } = await context.store.incidents.list({ ...filter, open: isOpen });
      return { incidents: incidents.map(summaryOf), next: next ?? null };
    },
  });

  app.route({
    method: "GET",
    url: "/api/incidents/:id",
    config: { access: "viewer" },
    schema: {
      summary: "Show an incident with its bridge, executions and meetings",
      tags,
      params: incidentParams,
      response: { 200: incidentDetail.describe("The incident"), ...problems(404) },
    },
    handler: ({ params }) => detailOf(context, params.id),
  });
};
