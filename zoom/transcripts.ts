import { z } from "zod";
import type { ZoomClient } from "./client.ts";
import { defined, optionalText } from "./parse.ts";
import { meetingSegment, path } from "./paths.ts";
import { link } from "./links.ts";

const transcriptSchema = z
  .object({
    can_download: z.boolean().catch(false),
    download_url: link.nullish().catch(undefined),
    download_restriction_reason: optionalText.nullish().catch(undefined),
  })
  .transform((given) =>
    defined({
      canDownload: given.can_download,
      /** Of no use without a token. */
      downloadUrl: given.download_url ?? undefined,
      /** `NOT_READY`, `NO_TRANSCRIPT_DATA`, `UNSUPPORTED` or `DELETED_OR_TRASHED`. */
      restriction: given.download_restriction_reason ?? undefined,
    }),
  );

export type Transcript = z.output<typeof transcriptSchema>;

/**
 * Of a meeting's latest session (by id), or of the session of a UUID. Fails with `not_ready` and `mayBeAbsent` where
 * Zoom knows of none.
 */
export const getTranscript = (zoom: ZoomClient, meetingIdOrUuid: string): Promise<Transcript> =>
  zoom.get(path`/meetings/${meetingSegment(meetingIdOrUuid)}/transcript`, {
    operation: "getTranscript",
    answer: transcriptSchema,
  });
