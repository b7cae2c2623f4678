import { z } from "zod";
import type { Handler } from "./call.ts";
import {
  alreadyOver,
  blockedDomain,
  hostCannotRegister,
  meetingFull,
  noRegistration,
  noRegistrationList,
  onlyForPaidUsers,
  tooOftenAdded,
  tooOftenChanged,
  unknownMeetingOfRegistrant,
} from "./registrantErrors.ts";
import { fileId } from "./ids.ts";
import { registrationChanged } from "./registrantEvents.ts";
import { readBody } from "./meetingSchemas.ts";
import { hostNames } from "./meetingSettings.ts";
import { hostOf } from "./meetingViews.ts";
import { pageOf } from "./paging.ts";
import { requireMeeting } from "./references.ts";
import type { Cloud, Meeting } from "./state.ts";
import { isoDay, isoTime } from "./time.ts";

export type Registrant = {
  id: string;
  email: string;
  firstName: string;
  lastName: string;
  status: "approved" | "pending" | "denied" | "cancelled";
  joinUrl: string;
  createdAtMs: number;
};

const addSchema = z.object({
  first_name: z.string().min(1).max(64),
  last_name: z.string().max(64).optional(),
  email: z.email().max(128),
  auto_approve: z.boolean().optional(),
});

const statusSchema = z.object({
  action: z.enum(["approve", "cancel", "deny"]),
  registrants: z
    .array(z.object({ email: z.string().optional(), id: z.string().optional() }))
    .max(30)
    .optional(),
});

export const addRegistrant: Handler = (cloud, { params, body }) => {
  const meeting = meetingOfRegistrant(cloud, params.meetingId ?? "");
  requirePaidHost(cloud, meeting);
  if (!hasRegistration(meeting)) throw noRegistration(meeting.id);
  const wish = readBody(addSchema, body);
  const email = wish.email.toLowerCase();
  spend(cloud, meeting, email, "adds");
  refuse(cloud, meeting, email);
  const known = meeting.registrants.find((each) => each.email === email && each.status !== "cancelled");
  const registrant = known ?? register(cloud, meeting, { ...wish, email });
  return {
    status: 201,
    body: {
      id: meeting.id,
      registrant_id: registrant.id,
      topic: meeting.topic,
      start_time: isoTime(meeting.startMs),
      ...(registrant.status === "approved" && { join_url: registrant.joinUrl }),
    },
  };
};

export const listRegistrants: Handler = (cloud, { params, query }) => {
  const meeting = requireMeeting(cloud, params.meetingId ?? "");
  if (!hasRegistration(meeting)) throw noRegistrationList();
  const status = query.status ?? "approved";
  const wanted = meeting.registrants.filter((each) => each.status === status);
  const { items, ...page } = pageOf(cloud, wanted, query, `registrants ${meeting.id} ${status}`);
  return { status: 200, body: { ...page, page_number: 1, registrants: items.map(registrantView) } };
};

const STATUS_AFTER = { approve: "approved", cancel: "cancelled", deny: "denied" } as const;

/** Whoever is not registered is passed over without a word. */
export const updateRegistrantStatus: Handler = (cloud, { params, body }) => {
  const meeting = requireMeeting(cloud, params.meetingId ?? "");
  if (!hasRegistration(meeting)) throw noRegistrationList();
  const { action, registrants = [] } = readBody(statusSchema, body);
  const meant = meeting.registrants.filter((each) =>
    registrants.some(({ id, email }) =>
      id === undefined ? email?.toLowerCase() === each.email : id === each.id,
    ),
  );
  for (const registrant of meant) {
    spend(cloud, meeting, registrant.email, "changes");
    if (registrant.status === STATUS_AFTER[action]) continue;
    registrant.status = STATUS_AFTER[action];
    registrationChanged(cloud, meeting, registrant, registrant.status);
  }
  return { status: 204 };
};

const hasRegistration = ({ settings }: Meeting): boolean => settings.approval_type !== 2;

function meetingOfRegistrant(cloud: Cloud, reference: string): Meeting {
  const meeting = cloud.meetings.get(Number(reference));
  if (meeting === undefined || meeting.deleted) throw unknownMeetingOfRegistrant(reference);
  return meeting;
}

function requirePaidHost(cloud: Cloud, meeting: Meeting): void {
  const host = hostOf(cloud, meeting);
  if (host.type !== 2) throw onlyForPaidUsers(host.id);
}

function refuse(cloud: Cloud, meeting: Meeting, email: string): void {
  const { capacity, blockedDomains } = cloud.settings.registration;
  if ([hostOf(cloud, meeting).email, ...hostNames(meeting.settings)].includes(email))
    throw hostCannotRegister();
  const domain = email.split("@")[1] ?? "";
  if (blockedDomains.includes(domain)) throw blockedDomain(domain);
  const overAtMs = meeting.startMs + meeting.durationMinutes * 60_000;
  if (meeting.settings.close_registration === true && overAtMs < cloud.clock.now()) throw alreadyOver();
  const taken = meeting.registrants.filter(({ status }) => status === "approved" || status === "pending");
  if (taken.length >= capacity) throw meetingFull();
}

function register(cloud: Cloud, meeting: Meeting, wish: z.infer<typeof addSchema>): Registrant {
  const isApproved = meeting.settings.approval_type === 0 || wish.auto_approve === true;
  const registrant: Registrant = {
    id: fileId().replaceAll("-", "").slice(0, 22),
    email: wish.email,
    firstName: wish.first_name,
    lastName: wish.last_name ?? "",
    status: isApproved ? "approved" : "pending",
    joinUrl: `https://us02web.zoom.us/w/${meeting.id}?tk=${fileId()}`,
    createdAtMs: cloud.clock.now(),
  };
  meeting.registrants.push(registrant);
  registrationChanged(cloud, meeting, registrant, "created");
  return registrant;
}

/** Counted for each registrant of each meeting, until midnight UTC. */
function spend(cloud: Cloud, meeting: Meeting, email: string, what: "adds" | "changes"): void {
  const { addsPerDay, changesPerDay } = cloud.settings.registration;
  const max = what === "adds" ? addsPerDay : changesPerDay;
  const key = `${isoDay(cloud.clock.now())} ${meeting.id} ${email} ${what}`;
  const used = cloud.usage.registrantDays.get(key) ?? 0;
  if (cloud.settings.limits.enabled && used >= max)
    throw what === "adds" ? tooOftenAdded(max, email) : tooOftenChanged(max, email);
  cloud.usage.registrantDays.set(key, used + 1);
}

const registrantView = (registrant: Registrant) => ({
  id: registrant.id,
  email: registrant.email,
  first_name: registrant.firstName,
  last_name: registrant.lastName,
  status: registrant.status,
  create_time: isoTime(registrant.createdAtMs),
  ...(registrant.status === "approved" && { join_url: registrant.joinUrl }),
});
