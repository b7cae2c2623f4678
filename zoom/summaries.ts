import { z } from "zod";
import type { ZoomClient } from "./client.ts";
import { link } from "./links.ts";
import { defined, listOf, optionalText, text } from "./parse.ts";
import { path, uuidSegment } from "./paths.ts";

const summarySchema = z
  .object({
    meeting_uuid: text,
    summary_title: text,
    /** Markdown. */
    summary_content: optionalText,
    // What Zoom had before, and still gives.
    summary_overview: text,
    summary_details: listOf(z.object({ label: text, summary: text })).catch([]),
    next_steps: listOf(z.string()).catch([]),
    summary_doc_url: link,
    summary_created_time: text,
  })
  .transform((given) =>
    defined({
      uuid: given.meeting_uuid,
      title: given.summary_title,
      /** Markdown. */
      content: given.summary_content ?? assembled(given),
      docUrl: given.summary_doc_url,
      /** ISO 8601; "" if not told. */
      createdAt: given.summary_created_time,
    }),
  );

const assembled = (given: {
  summary_overview: string;
  summary_details: { label: string; summary: string }[];
  next_steps: string[];
}): string =>
  [
    given.summary_overview,
    ...given.summary_details.map(({ label, summary }) => `## ${label}\n${summary}`),
    given.next_steps.length > 0
      ? `## Next steps\n${given.next_steps.map((step) => `- ${step}`).join("\n")}`
      : "",
  ]
    .filter(Boolean)
    .join("\n\n");

export type MeetingSummary = z.output<typeof summarySchema>;

/** Zoom's own summary of a session. Fails with `not_found` where there is none, whether or not there will be. */
export const getMeetingSummary = (zoom: ZoomClient, uuid: string): Promise<MeetingSummary> =>
  zoom.get(path`/meetings/${uuidSegment(uuid)}/meeting_summary`, {
    operation: "getMeetingSummary",
    answer: summarySchema,
  });
