import { describe } from "@jest/globals";
import { documents } from "./documents.ts";

/** Tests that need Zoom's documents. Where those are not, they are counted as skipped, and the title says why. */
export const describeByDocuments = (title: string, tests: () => void): void => {
  if (documents) describe(title, tests);
  else
    describe.skip(
      `${title} (skipped: ZOOM_SPECS names no folder with openapi.json and webhooks.json)`,
      tests,
    );
};
