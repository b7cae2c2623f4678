import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { calendarText } from "../../domain/calendar.ts";
import type { FollowUp } from "../../domain/followUp.ts";
import { calendarPath } from "../../domain/followUp.ts";
import type { TrackedMeeting } from "../../store/index.ts";
import { problems } from "../answers.ts";
import { notFound, ProblemError } from "../problems.ts";
import type { App, RouteContext } from "../types.ts";

const meetingParams = z.strictObject({ id: z.string().regex(/^\d{9,12}$/, "a Zoom meeting id") });

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Time and place, and that alone: no names, no agenda, nothing of the incident beyond the meeting's title. */
const entryOf = (followUp: FollowUp, { topic, join_url, passcode, host }: TrackedMeeting) => {
  const remindMs = followUp.remind_before_ms.filter((ms) => ms >= 60_000);
  return {
    uid: followUp.calendar_uid,
    method: followUp.state === "ahead" ? ("PUBLISH" as const) : ("CANCEL" as const),
    startMs: Date.parse(followUp.start_time),
    durationMinutes: followUp.duration_minutes,
    title: topic,
    description: `Zoom meeting ${followUp.meeting_id}${passcode ? `, passcode ${passcode}` : ""}`,
    url: join_url,
    organizer: { email: host },
    attendees: [],
    stampMs: Date.parse(followUp.changed_at),
    ...(remindMs.length > 0 && { alarmMinutes: Math.round(Math.min(...remindMs) / 60_000) }),
  };
};

/** One answer for an unknown meeting, a wrong link and one that was revoked: nothing can be learned from it. */
const noEntry = (): ProblemError =>
  new ProblemError("not-found", "There is no such calendar entry; the link may have been replaced.");

export const calendarRoutes = (app: App, { store, links, limits }: RouteContext): void => {
  app.route({
    method: "GET",
    url: "/calendar/:meeting/:file",
    config: {
      access: "public",
      rateLimit: { max: Math.min(60, limits.requestsPerMinute), timeWindow: "1 minute" },
    },
    // Whoever has the link may read the entry, so the link belongs into no log.
    logSerializers: { req: ({ method }: { method: string }) => ({ method, url: "/calendar/…" }) },
    schema: { hide: true },
    handler: async (request, reply) => {
      const { meeting, file } = request.params as { meeting: string; file: string };
      const current = await store.followUps.current(meeting);
      const token = current?.calendar_token ?? "";
      const isKnown = timingSafeEqual(digest(file), digest(`${token}.ics`)) && token !== "";
      const row = current && isKnown ? await store.meetings.get(current.meeting_id) : undefined;
      if (!current || !row) throw noEntry();
      return reply
        .header("content-type", "text/calendar; charset=utf-8")
        .header("content-disposition", 'inline; filename="follow-up.ics"')
        .header("cache-control", "private, no-cache")
        .send(calendarText(entryOf(current, row.meeting)));
    },
  });

  app.route({
    method: "POST",
    url: "/api/meetings/:id/calendar-link",
    config: { access: "responder" },
    schema: {
      summary: "Replace a follow-up's calendar link",
      description: "Whoever has the old link sees nothing any more.",
      tags: ["incidents"],
      params: meetingParams,
      response: {
        200: z.object({ ics_url: z.string() }).describe("The new link"),
        ...problems(404),
      },
    },
    handler: async (request) => {
      const current = await store.followUps.current(request.params.id);
      if (!current) throw notFound("follow-up", request.params.id);
      const replaced = { ...current, calendar_token: randomBytes(24).toString("base64url") };
      await store.followUps.save(replaced);
      return { ics_url: `${links.publicUrl.replace(/\/$/, "")}${calendarPath(replaced)}` };
    },
  });
};
