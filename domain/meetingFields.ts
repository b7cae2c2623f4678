import { z } from "zod";
import { durationPattern } from "./duration.ts";

/** Fields of a meeting that steps ask for and that a connector may have defaults for. */

export const durationField = z
  .string()
  .regex(durationPattern, "a duration such as 15m, 1h30m or 2d")
  .meta({ examples: ["15m"] });

/** Zoom's limits. */
export const durationMinutesField = z.coerce.number().int().min(1).max(1440);

const autoRecording = z.enum(["none", "local", "cloud"]);

/** Settings that a step may ask for. */
export const settingFields = {
  join_before_host: z.boolean().meta({ title: "Join before host" }),
  waiting_room: z
    .boolean()
    .meta({ title: "Waiting room", description: "Zoom switches join before host off when it is on" }),
  auto_recording: autoRecording.meta({ title: "Auto-recording" }),
  mute_upon_entry: z.boolean().meta({ title: "Mute upon entry" }),
  meeting_authentication: z
    .boolean()
    .meta({ title: "Signed-in users only", description: "Only people who are signed in to Zoom may join" }),
  breakout_rooms: z.boolean().meta({
    title: "Breakout rooms",
    description: "Pre-assigned rooms on or off; who goes where is for zoom.configure_breakout_rooms",
  }),
  host_video: z.boolean().meta({ title: "Host's video on" }),
  participant_video: z.boolean().meta({ title: "Participants' video on" }),
  focus_mode: z.boolean().meta({ title: "Focus mode" }),
  watermark: z.boolean().meta({ title: "Watermark" }),
} as const;

export const missingAfterField = durationField.meta({
  title: "Name the missing after",
  description:
    "How long into the call the responders who are not on it are named; 5m for a bridge and where they are called, 0s names nobody",
});

const endTimes = {
  after: durationField.meta({
    title: "Grace period",
    description: "After the resolution; then the call ends as soon as one person or nobody is left",
  }),
  at_most: durationField.meta({
    title: "At the latest",
    description: "After the resolution the call is ended whoever is on it",
  }),
};

const orNever = <Times extends z.ZodType>(times: Times) =>
  times.or(z.literal(false)).meta({
    title: "End the call on resolve",
    description: "{} for the usual times; false or left out, the call ends when people end it",
  });

/** As defaults have it: what they leave open stays open. */
export const partOfEndOnResolve = orNever(z.strictObject(endTimes).partial());

export const endOnResolveField = orNever(
  z.strictObject({ after: endTimes.after.default("15m"), at_most: endTimes.at_most.default("4h") }),
);
