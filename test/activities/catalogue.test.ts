import { describe, expect, test } from "@jest/globals";
import { catalogue } from "../../activities/actions/index.ts";
import type { Json } from "../../domain/plan.ts";
import { startHttpSink } from "../support/httpSink.ts";
import { startSmtpSink } from "../support/smtpSink.ts";
import { startActions } from "./world.ts";

type Example = { [field: string]: Json };

/** Examples name a meeting and an address of nobody's: real ones take their place. Nothing is waited for here. */
const withReal = (example: Example, meetingId: string, url: string): Example => ({
  ...example,
  ...("meeting_id" in example && { meeting_id: meetingId }),
  ...("webinar_id" in example && { webinar_id: meetingId }),
  ...("url" in example && { url }),
  ...("wait_at_most" in example && { wait_at_most: "1ms" }),
  ...("phones" in example && { wait_seconds: 1 }),
});

describe("every action", () => {
  test.each([...catalogue.values()].map((action) => [action.key, action] as const))(
    "%s runs its example and keeps to its output schema",
    async (key, action) => {
      await using web = await startHttpSink();
      await using post = await startSmtpSink();
      await using world = await startActions({
        mail: { url: post.url, from: "incidents@example.com" },
        allow: ["127.0.0.1"],
        secrets: new Map([["team_slack", `${web.url}/hook`]]),
      });
      const meetingId = await ("webinar_id" in action.example ? world.webinar() : world.bridge());
      for (const name of ["Ana", "Bo"]) await world.control(`/meetings/${meetingId}/join`, { name });
      await world.control("/clock", { advanceMs: 120_000 });
      await world.control(`/meetings/${meetingId}/end`, {});
      await world.control("/clock", { advanceMs: 60_000 });

      const { outputs } = await world.perform(key, withReal(action.example, meetingId, web.url), {
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

test("a line for the timeline is cut rather than refused, since an incident's title alone may be as long", async () => {
  await using world = await startActions();
  await world.perform("timeline.add_event", { title: `Look: ${"checkout ".repeat(33)}` });
  const title = (await world.timeline()).at(-1)?.title ?? "";
  expect(title).toMatch(/^Look: checkout .* …$/);
  expect(title.length).toBeLessThanOrEqual(300);
});
