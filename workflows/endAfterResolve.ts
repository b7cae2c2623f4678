import { CancellationScope, sleep } from "@temporalio/workflow";
import { durationText } from "../domain/duration.ts";
import type { MeetingFollow } from "../domain/plan.ts";
import type { Following } from "./following.ts";
import { sleepUntil } from "./following.ts";
import { meetingRecords, meetingWork } from "./proxies.ts";
import { openSessions } from "../domain/meetingLife.ts";

const minuteMs = 60_000;
const longestPauseMs = 10 * minuteMs;

/**
 * Ends the call of a resolved incident after a grace period, once nobody is left to talk to, and at the latest at the
 * bound. While webhooks are silent, and the account has no dashboard, nobody knows how many are there: then only the bound ends it.
 */
export const endAfterResolve = async (
  following: Following,
  uuid: string,
  { afterMs, atMostMs }: NonNullable<MeetingFollow["endOnResolve"]>,
): Promise<void> => {
  const { meetingId } = following.input;
  const scope = new CancellationScope();
  following.ending = scope;
  const boundMs = Date.now() + Math.max(afterMs, atMostMs);
  await scope.run(async () => {
    await sleep(afterMs, { summary: "Until the resolved incident's call may be ended" });
    for (let pauseMs = minuteMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      const { life, headCount } = await meetingRecords.meetingNow({ meetingId, looks: true });
      const isLive = openSessions(life).some((each) => each.uuid === uuid);
      const isEmpty = headCount !== null && headCount <= 1;
      const isLate = Date.now() >= boundMs;
      if (isLive && (isEmpty || isLate)) {
        const why = isEmpty
          ? "the incident is resolved and nobody is left to talk to"
          : `the incident is resolved, and the call went on for another ${durationText(Math.max(afterMs, atMostMs))}`;
        await meetingWork.endCall({ meetingId, why });
      }
      if (!isLive || isEmpty || isLate) break;
      await sleepUntil(
        Math.min(Date.now() + pauseMs, boundMs),
        "Until it is looked again who is on the call",
      );
    }
    following.ended.add(uuid);
  });
};
