import { z } from "zod";
import { problemOfHours, weekdays } from "../../domain/businessHours.ts";
import { durationMs } from "../../domain/duration.ts";
import { durationField, peopleField } from "../fields.ts";
import { plannedFields } from "../meetingInput.ts";

const businessHours = z
  .strictObject({
    time_zone: z.string().meta({ title: "Time zone", examples: ["Europe/Berlin", "UTC"] }),
    from: z.string().default("09:00").meta({ title: "From" }),
    to: z.string().default("17:00").meta({ title: "To", description: "The meeting is over by then" }),
    days: z
      .array(z.enum(weekdays))
      .default(["mon", "tue", "wed", "thu", "fri"])
      .meta({ title: "Working days" }),
    holidays: z
      .array(z.string())
      .max(400)
      .default([])
      .meta({ title: "Holidays", examples: [["2030-12-25"]] }),
  })
  .superRefine((hours, context) => {
    const problem = problemOfHours(hours);
    if (problem) context.addIssue({ code: "custom", path: [problem.field], message: problem.message });
  });

export const followUpInput = z.strictObject({
  topic: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .meta({ title: "Topic", examples: ["{{incident.short_id}} {{incident.short_title}} - Review"] }),
  agenda: z.string().max(1970).optional().meta({
    title: "Agenda",
    format: "multiline",
    description: "Left out, it tells of the incident and of who was on its calls",
  }),
  start_offset: durationField.default("1d").meta({
    title: "Start offset",
    description: "Added to the time at which the incident was resolved",
  }),
  business_hours: businessHours.optional().meta({
    title: "Business hours",
    description: "The meeting is put off until it lies within them as a whole",
  }),
  duration_minutes: z.coerce
    .number()
    .int()
    .min(1)
    .max(1440)
    .default(45)
    .meta({ title: "Duration in minutes" }),
  remind_before: z
    .union([durationField.transform((each) => [each]), z.array(durationField).max(10)])
    .default(["15m"])
    .meta({ title: "Remind before", description: "On the timeline, so long before the start" }),
  invitees: peopleField.default([]).meta({
    title: "Further invitees",
    description: "Beside the incident's owner, its responders and whoever was on its calls",
  }),
  alternative_hosts: peopleField.default([]).meta({
    title: "Alternative hosts",
    description: "Licensed users; whoever is not is left out and named",
  }),
  passcode: z
    .string()
    .regex(/^[\w@*-]{1,10}$/, "at most 10 letters, digits or @ - _ *")
    .optional()
    .meta({ title: "Passcode", description: "Zoom or we make one if left out" }),
  settings: plannedFields.settings,
  host: z.string().optional().meta({
    title: "Host",
    description: "Email or id of the Zoom user who hosts; one of the connector's if left out",
  }),
});

export type FollowUpInput = z.output<typeof followUpInput>;

export const remindBeforeMs = ({ remind_before }: FollowUpInput): number[] =>
  remind_before.map((each) => durationMs(each) ?? 0);
