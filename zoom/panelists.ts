import { z } from "zod";
import type { ZoomClient } from "./client.ts";
import { nothing } from "./client.ts";
import { listOf, text } from "./parse.ts";
import { path } from "./paths.ts";

/** Zoom takes no more in one request. */
export const mostPanelistsAtOnce = 30;

// A panelist's join_url does not pass: it lets whoever has it in as that panelist. Zoom mails it to them itself.
const panelistSchema = z.object({ name: text, email: z.string().min(1) });

export type Panelist = z.output<typeof panelistSchema>;

export const listPanelists = (zoom: ZoomClient, webinarId: string): Promise<Panelist[]> =>
  zoom.get(path`/webinars/${webinarId}/panelists`, {
    operation: "listPanelists",
    answer: z.object({ panelists: listOf(panelistSchema) }).transform(({ panelists }) => panelists),
  });

/** All of them or none: one whom Zoom refuses spoils the request. */
export const addPanelists = (
  zoom: ZoomClient,
  webinarId: string,
  panelists: readonly Panelist[],
): Promise<void> =>
  zoom.post(path`/webinars/${webinarId}/panelists`, {
    operation: "addPanelists",
    body: { panelists },
    answer: nothing,
  });
