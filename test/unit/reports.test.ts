import { describe, expect, test } from "@jest/globals";
import type { ExecutionReport, Heard } from "../../domain/messages.ts";
import type { Effects } from "../../domain/plan.ts";
import { unheard } from "../../domain/reports.ts";
import { seededRandom } from "../support/seededRandom.ts";

const effect = (n: number): Effects => ({ patch: { title: `effect ${n}` } });

const reportOf = (n: number, from: number, to: number): ExecutionReport => ({
  executionId: "run",
  state: "waiting",
  waitingFor: [],
  factsVersion: 1,
  effects: Array.from({ length: to - from }, (_, index) => effect(from + index)),
  n,
  effectsBefore: from,
});

/** What an incident takes of reports that come in this order, and the number of the last that it takes for the latest. */
const heardOf = (reports: ExecutionReport[]) => {
  let heard: Heard | undefined;
  let latest = 0;
  const taken: Effects[] = [];
  for (const report of reports) {
    const news = unheard(report, heard);
    heard = news.heard;
    taken.push(...news.effects);
    if (news.isLatest) latest = report.n ?? 0;
  }
  return { taken, latest };
};

describe("reports of a run", () => {
  test("that come twice are heard once", () => {
    const first = reportOf(5, 0, 2);
    expect(heardOf([first, first]).taken).toEqual([effect(0), effect(1)]);
  });

  test("of a task that was done again, with more of the history, add what is new", () => {
    expect(heardOf([reportOf(5, 0, 1), reportOf(6, 0, 2)])).toEqual({
      taken: [effect(0), effect(1)],
      latest: 6,
    });
  });

  test("that come late say nothing of how the run stands", () => {
    expect(heardOf([reportOf(6, 0, 2), reportOf(5, 0, 1)])).toEqual({
      taken: [effect(0), effect(1)],
      latest: 6,
    });
  });

  test("without a number, of runs that signal them in turn, are all heard", () => {
    const { n: _n, effectsBefore: _before, ...unnumbered } = reportOf(0, 0, 1);
    expect(heardOf([unnumbered, unnumbered]).taken).toEqual([effect(0), effect(0)]);
  });

  test("in any order, repeated, and begun again before they were known to be heard, lose and double nothing", () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = seededRandom(seed);
      const below = (limit: number) => Math.floor(random() * limit);
      const sent: ExecutionReport[] = [];
      let acknowledged = 0;
      let made = 0;
      // Reports in flight together: each holds everything since the last that was acknowledged.
      for (let n = 1; n <= 8; n += 1) {
        made += below(3);
        sent.push(reportOf(n, acknowledged, made));
        if (random() < 0.3) acknowledged = made;
      }
      // An acknowledged report had arrived before those that build on it were sent.
      const arrived: ExecutionReport[] = [];
      for (const report of sent) {
        const floor = arrived.findLastIndex((each) => reachOf(each) <= (report.effectsBefore ?? 0)) + 1;
        arrived.splice(floor + below(arrived.length - floor + 1), 0, report);
        if (random() < 0.4) arrived.push(report);
      }
      const { taken } = heardOf(arrived);
      expect([seed, taken]).toEqual([seed, Array.from({ length: made }, (_, index) => effect(index))]);
    }
  });
});

const reachOf = ({ effectsBefore = 0, effects }: ExecutionReport): number => effectsBefore + effects.length;
