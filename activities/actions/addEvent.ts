import { z } from "zod";
import { defineAction } from "../action.ts";

/** Puts a line of somebody's own on the timeline. */
export const addEvent = defineAction({
  key: "timeline.add_event",
  title: "Add timeline event",
  description: "Writes a line on the incident's timeline.",
  category: "incident",
  effect: "idempotent",
  scopes: [],
  input: z.strictObject({
    title: z.string().trim().min(1).max(300).meta({ title: "Title" }),
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
    outputs: { title },
    events: [{ kind: "note", title, ...(detail && { detail }), ...(links.length > 0 && { links }) }],
  }),
});
