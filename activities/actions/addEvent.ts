import { z } from "zod";
import { bounded } from "../../domain/transcript.ts";
import { defineAction } from "../action.ts";

/** An incident's title alone may be as long. */
const mostShown = 300;

/** Puts a line of somebody's own on the timeline. */
export const addEvent = defineAction({
  key: "timeline.add_event",
  title: "Add timeline event",
  description: "Writes a line on the incident's timeline.",
  category: "incident",
  effect: "idempotent",
  scopes: [],
  input: z.strictObject({
    title: z.string().trim().min(1).max(2000).meta({
      title: "Title",
      description: "Cut after 300 characters, however long what a template puts there is",
    }),
    detail: z.string().max(4000).optional().meta({ title: "Detail", format: "multiline" }),
    links: z
      .array(z.strictObject({ title: z.string().min(1).max(100), url: z.url() }))
      .max(20)
      .default([])
      .meta({ title: "Links" }),
  }),
  output: z.object({ title: z.string() }),
  example: { title: "Bridge opened", detail: "Join with the link above" },
  onFailure: "continue",
  run: async (_context, { title, detail, links }) => ({
    outputs: { title: bounded(title, mostShown) },
    events: [
      {
        kind: "note",
        title: bounded(title, mostShown),
        ...(detail && { detail }),
        ...(links.length > 0 && { links }),
      },
    ],
  }),
});
