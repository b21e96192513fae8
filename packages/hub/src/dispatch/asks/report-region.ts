import {
  lineSentence,
  openRegion,
  regionReport,
  type IdlePool,
  type Language,
  type ReportLine,
  type Scarcity,
  type Snapshot,
} from "@wadi/core/dispatch";
import { downToFen, durationOf, microYuan } from "@wadi/core/units";
import type { RegionReportView } from "@wadi/protocol";

import { gapOf, type Certified } from "../certificate/index.ts";

/**
 * The region as its operator asks about it: what the next round would leave waiting and why, and
 * the last certificate. Pure; nothing of the round is carried out.
 */
export function reportRegion(
  snapshot: Snapshot,
  {
    certified,
    isAll,
    language,
  }: { certified: Certified | undefined; isAll: boolean; language: Language },
): RegionReportView {
  const { nowMs, queue, runs } = snapshot;
  const { scarcity } = snapshot;
  const plan = openRegion(snapshot).decide(nowMs, { explains: true });
  const report = regionReport({ snapshot, plan, scarcity });
  const said = (lines: readonly ReportLine[]) => lines.map((line) => lineView(line, language));
  const idleView = (one: IdlePool) => ({ ...one, because: said(one.because) });
  return {
    at: instantOf(nowMs),
    looksAt: {
      jobs: queue.reduce((sum, { jobs }) => sum + jobs.length, 0),
      runs: runs.length,
      isAll,
    },
    certificate: certified ? certificateView(certified, nowMs) : null,
    binding: said(report.binding),
    scarceModels: said(report.scarceModels),
    hot: said(report.hot),
    idle: report.idle.map(idleView),
    ahead: said(report.ahead),
    byCentre: [...report.byCentre],
    byModel: [...report.byModel],
    queue: report.queue.map(({ longestWaitMs, ...row }) => ({
      ...row,
      longestWait: durationOf(Math.max(0, Math.round(longestWaitMs))),
    })),
  };
}

const lineView = (line: ReportLine, language: Language) => ({
  code: line.code,
  facts: line.facts,
  sentence: lineSentence(line, language),
});

const instantOf = (ms: number) => Temporal.Instant.fromEpochMilliseconds(Math.round(ms));

function certificateView(
  one: Certified,
  nowMs: number,
): NonNullable<RegionReportView["certificate"]> {
  const { atMs, jobs, cost, bound, rounds, tookMs, scarcity } = one;
  return {
    ...{ jobs, cost, bound, rounds },
    at: instantOf(atMs),
    age: durationOf(Math.max(0, Math.round(nowMs - atMs))),
    gap: gapOf(one),
    took: durationOf(tookMs),
    worth: scarcity ? worthOf(scarcity) : [],
  };
}

/** Down to the fen; pools whose cards are never short are left out. */
const worthOf = ({ fromMs, perCardHour }: Scarcity) =>
  [...perCardHour]
    .map(([pool, hours]) => ({
      pool,
      from: instantOf(fromMs),
      perCardHour: hours.map((worth) => downToFen(microYuan(Math.round(worth)))),
    }))
    .filter((one) => one.perCardHour.some((worth) => worth > 0n))
    .toSorted((a, b) => (a.pool < b.pool ? -1 : 1));
