import { describe, expect, test } from "@jest/globals";
import { catalogue } from "../../activities/actions/index.ts";
import type { Json } from "../../domain/plan.ts";
import { startActions } from "./world.ts";

/** Examples name a meeting of nobody's: a real one takes its place. */
const withMeeting = (example: { [field: string]: Json }, meetingId: string) => ({
  ...example,
  ...("meeting_id" in example && { meeting_id: meetingId }),
  ...("webinar_id" in example && { webinar_id: meetingId }),
});

describe("every action", () => {
  test.each([...catalogue.values()].map((action) => [action.key, action] as const))(
    "%s runs its example and keeps to its output schema",
    async (key, action) => {
      await using world = await startActions();
      const meetingId = await ("webinar_id" in action.example ? world.webinar() : world.bridge());
      for (const name of ["Ana", "Bo"]) await world.control(`/meetings/${meetingId}/join`, { name });
      await world.control("/clock", { advanceMs: 120_000 });
      await world.control(`/meetings/${meetingId}/end`, {});
      await world.control("/clock", { advanceMs: 60_000 });

      const { outputs } = await world.perform(key, withMeeting(action.example, meetingId), {
        step: "example",
      });
      expect(action.output.safeParse(outputs).error).toBeUndefined();
    },
  );

  test.each([...catalogue.values()].map((action) => [action.key, action] as const))(
    "%s has an example that fits its input, and says what it needs",
    (_key, action) => {
      expect(action.input.safeParse(action.example).error).toBeUndefined();
      expect(action.title).not.toBe("");
      expect(action.description).toMatch(/\.$/);
      if (action.key.startsWith("zoom.")) expect(action.scopes.length).toBeGreaterThan(0);
    },
  );
});
