import type { FastifyRequest } from "fastify";
import type { Answer, Handler } from "./call.ts";
import { answered } from "./call.ts";
import { decodeOnce } from "./references.ts";
import { dashboardMeeting, dashboardMeetings, dashboardParticipants } from "./dashboards.ts";
import { malformedJson, missingScope, unknownEndpoint } from "./errors.ts";
import { spendCall } from "./limits.ts";
import { controlLiveMeeting } from "./liveControls.ts";
import { getMeeting, listMeetings } from "./meetingQueries.ts";
import { createMeeting, deleteMeeting, updateMeeting, updateMeetingStatus } from "./meetings.ts";
import { getInvitation } from "./invitation.ts";
import { authenticate } from "./tokens.ts";
import type { Operation, OperationName } from "./operations.ts";
import { matchOperation } from "./operations.ts";
import {
  getPastMeeting,
  listPastInstances,
  listPastParticipants,
  reportParticipants,
} from "./pastMeetings.ts";
import { getRecordings, getTranscript, listUserRecordings, reportCloudRecording } from "./recordingCalls.ts";
import {
  deleteRecordingFile,
  deleteRecordings,
  recoverRecordingFile,
  recoverRecordings,
} from "./recordingRemovals.ts";
import { getRecordingSettings, updateRecordingSettings } from "./recordingSettings.ts";
import { addRegistrant, listRegistrants, updateRegistrantStatus } from "./registrants.ts";
import { pathOf, queryOf } from "./serve.ts";
import { getMeetingSummary } from "./summaries.ts";
import type { Cloud, Token } from "./state.ts";
import { WEBINAR_HANDLERS } from "./webinarHandlers.ts";
import { getUser, listGroupMembers, listGroups, listUsers } from "./users.ts";

const HANDLERS: Record<OperationName, Handler> = {
  listUsers,
  getUser,
  listGroups,
  listGroupMembers,
  listMeetings,
  createMeeting,
  getMeeting,
  updateMeeting,
  deleteMeeting,
  updateMeetingStatus,
  getInvitation,
  controlLiveMeeting,
  addRegistrant,
  listRegistrants,
  updateRegistrantStatus,
  getPastMeeting,
  listPastInstances,
  listPastParticipants,
  reportParticipants,
  getRecordings,
  deleteRecordings,
  deleteRecordingFile,
  listUserRecordings,
  dashboardMeetings,
  dashboardMeeting,
  dashboardParticipants,
  getRecordingSettings,
  updateRecordingSettings,
  recoverRecordings,
  recoverRecordingFile,
  getTranscript,
  getMeetingSummary,
  reportCloudRecording,
  ...WEBINAR_HANDLERS,
};

/** Known path, then a good token, its scope, the limits, and only then the work itself. */
export function answerCall(cloud: Cloud, request: FastifyRequest): Answer {
  const matched = matchOperation(request.method, pathOf(request).replace(/^\/v2/, ""));
  if (matched === undefined) throw unknownEndpoint();
  const { operation, rawParams } = matched;
  const query = queryOf(request);
  const token = authenticate(cloud, request.headers.authorization, query);
  requireScope(token, operation);
  const headers = spendCall(cloud, operation.label);
  const body = readJson(request.body);
  const params = namingActor(decodeAll(rawParams), token);
  const answer = answered(() => HANDLERS[operation.name](cloud, { params, rawParams, query, body }));
  return { ...answer, headers: { ...headers, ...answer.headers } };
}

/** To a user's own token `me` is that user; to the account's it is nobody. */
const namingActor = (params: Record<string, string>, { actingUserId }: Token): Record<string, string> =>
  params.userId === "me" && actingUserId !== undefined ? { ...params, userId: actingUserId } : params;

function requireScope(token: Token, { granular, classic }: Operation): void {
  const accepted = [...granular, ...classic];
  if (!accepted.some((scope) => token.scopes.includes(scope))) throw missingScope([...granular]);
}

function readJson(body: unknown): unknown {
  if (typeof body !== "string" || body === "") return {};
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch {
    // falls through to the same refusal
  }
  throw malformedJson();
}

const decodeAll = (raw: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, decodeOnce(value)]));
