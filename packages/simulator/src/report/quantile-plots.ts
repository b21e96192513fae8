import type { JobOutcome } from "../result.ts";
import {
  emptyPlot,
  lineOf,
  percentAxis,
  plotOf,
  quantileCurve,
  type Plot,
  type PlotInput,
} from "./plot.ts";
import { sharesOf } from "./shares.ts";
import { axisStyle, soft } from "./svg.ts";

/* Plots of how values lie: from the least to the greatest, in percent of all. */

/** A ratio above this is drawn as this: one tenant alone would squeeze all others. */
const shareMost = 4;

/** Received ÷ entitled, over tenants. */
export function fairnessPlot({ all, words }: PlotInput): Plot {
  const series = all.map((one) => {
    const shares = sharesOf(one.result).map(({ share }) => Math.min(shareMost, share));
    return lineOf(one, rounded(quantileCurve(shares)));
  });
  const just = {
    silent: true,
    symbol: "none",
    lineStyle: { color: soft, type: "solid", width: 1 },
    label: { show: false },
    data: [{ yAxis: 1 }],
  };
  return plotOf({ id: "fairness", title: words.fairTitle, note: words.fairNote }, all, {
    option: {
      grid,
      xAxis: percentAxis(words.shareOfTenants),
      yAxis: { ...axisStyle, type: "value", min: 0 },
      series: series.map((one, at) => (at === 0 ? { ...one, markLine: just } : one)),
    },
  });
}

/** Errors of estimated starts, over the jobs that were told one and had to wait. */
export function estimatePlot({ all, words }: PlotInput): Plot {
  const titles = { id: "estimates", title: words.estimateTitle, note: words.estimateNote };
  const telling = all.filter(({ measures }) => measures.estimated.told > 0);
  if (telling.length === 0) return emptyPlot(titles, { words, why: words.noEstimates });
  const series = telling.map((one) =>
    lineOf(one, rounded(quantileCurve(one.result.jobs.flatMap(errorOf)))),
  );
  return plotOf(titles, telling, {
    option: {
      grid,
      xAxis: percentAxis(words.shareOfJobs),
      yAxis: {
        ...axisStyle,
        type: "value",
        min: 0,
        axisLabel: { ...axisStyle.axisLabel, formatter: "{value} %" },
      },
      series,
    },
  });
}

/** In percent, as `measure` counts it: one start, told ahead. */
function errorOf({ startedMs, submittedMs, estimate, preemptions, faults }: JobOutcome): number[] {
  if (startedMs === null || estimate === null || preemptions + faults > 0) return [];
  if (estimate.p50Ms === startedMs && estimate.p90Ms === startedMs) return [];
  const off = Math.abs(startedMs - estimate.p50Ms);
  return [off === 0 ? 0 : Math.min(200, (100 * off) / (startedMs - submittedMs))];
}

const grid = { left: 52, right: 16, top: 14, bottom: 50 };

const rounded = (points: readonly [number, number][]) =>
  points.map(([x, y]): [number, number] => [x, Number(y.toPrecision(4))]);
