import { describe, expect, test } from "@jest/globals";
import type { IncidentDetail } from "../../client/api.ts";
import { wrongAtLast } from "../support/randomMeeting/compare.ts";
import { callNow } from "../support/randomMeeting/expected.ts";
import { perform } from "../support/randomMeeting/play.ts";
import type { Play } from "../support/randomMeeting/plays.ts";
import { actsOf, arrivesAtOnce, declare, draw } from "../support/randomMeeting/plays.ts";
import { seededRandom } from "../support/seededRandom.ts";
import type { Product } from "./product.ts";
import { startProduct } from "./product.ts";

const seed = Number(process.env["RANDOM_MEETING_SEED"] ?? 20_261_124);
const count = Number(process.env["RANDOM_MEETINGS"] ?? 12);

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** After which Zoom tries once more to tell what it could not. */
const zoomTriesAgainMs = 5 * minuteMs;

const call = ({ meetings: [meeting], bridge }: IncidentDetail) => ({
  head_count: meeting?.head_count === bridge?.head_count ? bridge?.head_count : "two counts",
  present: meeting?.present.toSorted(),
  waiting_room: meeting?.waiting_room.toSorted(),
  missing: meeting?.missing.toSorted(),
});

/** All that is wrong with how a call is shown right now, where its webhooks have all arrived. */
const wrongNow = async ({ api }: Product, { incidentId, stage, expected }: Play): Promise<string[]> => {
  const [shown, ought] = [call(await api.incident(incidentId)), callNow(stage.inside, expected)];
  return JSON.stringify(shown) === JSON.stringify(ought)
    ? []
    : [`the call is shown as ${JSON.stringify(shown)}, not as ${JSON.stringify(ought)}`];
};

/** Plays all meetings side by side, without a gateway now and then. Answers what was shown wrongly meanwhile. */
const playAll = async (product: Product, plays: readonly Play[]): Promise<string[]> => {
  const random = seededRandom(seed);
  const begins = new Map(plays.map((play) => [play, Math.floor(random() * 30) * minuteMs]));
  /** From then on all webhooks have arrived, those too that found no gateway. */
  const heardFromMs = new Map<Play, number>();
  const wrong: string[] = [];
  let nowMs = 0;
  for (const { play, act, atMs } of actsOf(plays, (each) => begins.get(each)!)) {
    await product.pass(atMs - nowMs);
    nowMs = atMs;
    const go = async () => {
      await perform(play.stage, act);
      await product.webhooksAreSent();
    };
    if (random() < 0.03) {
      await product.withoutGateway(go);
      heardFromMs.set(play, nowMs + zoomTriesAgainMs);
    } else await go();
    if (!arrivesAtOnce(play) || nowMs <= (heardFromMs.get(play) ?? -1)) continue;
    for (const each of await wrongNow(product, play))
      wrong.push(`${play.incidentId} (${play.trouble}) after ${JSON.stringify(act)}: ${each}`);
  }
  return wrong;
};

describe("Random meetings, whose webhooks are lost, doubled and late", () => {
  test(`are told as they were (RANDOM_MEETING_SEED=${seed})`, async () => {
    const hosts = Array.from({ length: count }, (_, index) => `bridge${index}@example.com`);
    await using product = await startProduct("random meetings", { hosts });
    const { api, control } = product;
    const plays: Play[] = [];
    for (let index = 0; index < count; index += 1) plays.push(await declare(api, control, draw(seed, index)));
    const wrong = await playAll(product, plays);
    await product.pass(3 * hourMs);
    await product.pass(48 * hourMs, 48 * hourMs);
    for (const play of plays) wrong.push(...(await wrongAtLast(api, control, play)));
    expect(wrong.join("\n")).toBe("");
  }, 600_000);
});
