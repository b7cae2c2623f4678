import type { App } from "./types.ts";

/** Small forms, as browsers send them, and nothing else. */
export const parseForms = (app: App): void => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>(
    "application/x-www-form-urlencoded",
    { parseAs: "string", bodyLimit: 4096 },
    async (_request: unknown, body: string) => Object.fromEntries(new URLSearchParams(body)),
  );
};
