import { setTimeout as sleep } from "node:timers/promises";
import { describe, test } from "@jest/globals";
import type { Program } from "../support/program.ts";
import { controlOf } from "../support/control.ts";
import { wrongAtLast } from "../support/randomMeeting/compare.ts";
import { perform, timed } from "../support/randomMeeting/play.ts";
import type { Drawn, Play } from "../support/randomMeeting/plays.ts";
import { actsOf, declare, draw } from "../support/randomMeeting/plays.ts";
import { seededRandom } from "../support/seededRandom.ts";
import { until } from "../support/until.ts";
import type { Topology } from "./support.ts";
import { startTopology, withoutPostgres } from "./support.ts";

const seed = Number(process.env["RANDOM_MEETING_SEED"] ?? 20_261_124);
const count = Number(process.env["RANDOM_MEETINGS"] ?? 12);
const kills = 4;

const minuteMs = 60_000;
/** Zoom's clock begins behind: what it tells is taken five minutes before and after, and it tells again after five. */
const behindMs = 4 * minuteMs;
const longestMs = 2 * minuteMs;

/** All webhooks arrive at last: what was lost is looked for after minutes, which here would be real ones. */
const isHeard = ({ script }: Drawn): boolean => script.trouble.lost === 0;

/** The same meeting in a hurry, yet of a length that Zoom counts. */
const brief = (drawn: Drawn): Drawn => {
  const lastMs = timed(drawn.script).at(-1)!.atMs;
  const factor = Math.min(1, longestMs / lastMs);
  const { people, acts, trouble } = drawn.script;
  const hurried = acts.map((act) => ({
    ...act,
    afterSeconds: Math.max(1, Math.floor(act.afterSeconds * factor)),
  }));
  const lateSeconds = Math.min(trouble.lateSeconds, 30);
  return { ...drawn, script: { people, acts: hurried, trouble: { ...trouble, lateSeconds } } };
};

const drawn = (): Drawn[] => {
  const found: Drawn[] = [];
  for (let index = 0; found.length < count; index += 1) {
    const each = draw(seed, index);
    if (isHeard(each)) found.push(brief(each));
  }
  return found;
};

/** Stops workers and the gateway at moments that the seed chooses, half of them as a power cut would. */
const stopping = async (world: Topology): Promise<void> => {
  const random = seededRandom(seed);
  const workers: Program[] = [...world.workers];
  const stop = (program: Program) => (random() < 0.5 ? program.kill() : program.stop());
  for (let kill = 0; kill < kills; kill += 1) {
    await sleep(200 + random() * 2000);
    const [victim] = workers.splice(Math.floor(random() * workers.length), 1);
    await stop(victim!);
    workers.push(await world.startWorker());
    if (kill !== 1) continue;
    await stop(world.gateway);
    await world.startGateway();
  }
};

const playAll = async ({ zoom }: Topology, plays: readonly Play[]): Promise<void> => {
  let nowMs = 0;
  for (const { play, act, atMs } of actsOf(plays, () => 0)) {
    await zoom.advance(atMs - nowMs);
    nowMs = atMs;
    await perform(play.stage, act);
    await sleep(20);
  }
};

/** What found no gateway, or is late, is sent as the clock goes on. */
const letAllArrive = async ({ zoom }: Topology): Promise<void> => {
  const isArrived = async () => {
    await zoom.advance(5000);
    const states = (await zoom.deliveries()).map(({ state }) => state);
    return states.every((state) => state === "delivered") ? true : undefined;
  };
  await until("the last of the webhooks", isArrived, { everyMs: 50 });
};

(withoutPostgres === undefined ? describe : describe.skip)("Random meetings", () => {
  test(`are told as they were, whoever is stopped and killed meanwhile (RANDOM_MEETING_SEED=${seed})`, async () => {
    const hosts = Array.from({ length: count }, (_, index) => `bridge${index}@example.com`);
    const world = await startTopology({
      title: "random meetings",
      workers: 2,
      workerVariables: { ZOOM_HOSTS: hosts.join(",") },
      simulator: { clock: { startAtMs: Date.now() - behindMs } },
    });
    try {
      const { api, zoom } = world;
      const control = controlOf(zoom.url);
      const users = hosts.map((email) => ({ email, licensed: true }));
      await zoom.settings({ limits: false, users, recordingDelayMs: 0, transcriptDelayMs: null });
      const plays = await Promise.all(drawn().map((each) => declare(api, control, each)));
      await Promise.all([playAll(world, plays), stopping(world)]);
      await letAllArrive(world);
      for (const play of plays) {
        const isRight = async () => ((await wrongAtLast(api, control, play)).length === 0 ? true : undefined);
        const instead = () => wrongAtLast(api, control, play);
        // An activity whose worker was killed is tried again after two minutes.
        await until(`the truth about ${play.incidentId}`, isRight, {
          everyMs: 500,
          withinMs: 150_000,
          instead,
        });
      }
    } finally {
      await world.close();
    }
  }, 300_000);
});
