import { priorities } from "@wadi/core/job";
import { quantile } from "../measure/index.ts";
import type { JobOutcome } from "../result.ts";
import { plotOf, type Plot, type PlotInput } from "./plot.ts";
import { axisStyle, seriesColour } from "./svg.ts";

const hourMs = 3_600_000;
/** A logarithm has no room for nothing. */
const leastHours = 1 / 60;

/** Boxes of waits, side by side for the dispatchers, by class. */
export function waitPlot({ all, words }: PlotInput): Plot {
  const classes = priorities.filter((priority) =>
    all.some(({ result }) => result.jobs.some((job) => job.priority === priority)),
  );
  const series = all.map(({ number, result }) => ({
    type: "boxplot",
    name: result.dispatcher,
    silent: true,
    boxWidth: [4, 22],
    itemStyle: { color: "transparent", borderColor: seriesColour(number - 1), borderWidth: 1.8 },
    data: classes.map((priority) => boxOf(result.jobs, priority)),
  }));
  return plotOf({ id: "wait", title: words.waitTitle, note: words.waitNote }, all, {
    height: 320,
    option: {
      grid: { left: 56, right: 10, top: 14, bottom: 28 },
      xAxis: { ...axisStyle, type: "category", data: classes.map((one) => words[one]) },
      yAxis: {
        ...axisStyle,
        type: "log",
        min: leastHours,
        axisLabel: { ...axisStyle.axisLabel, formatter: spoken },
      },
      series,
    },
  });
}

/** 5th, 25th, 50th, 75th and 95th percentile in hours; nothing where none started. */
function boxOf(jobs: readonly JobOutcome[], priority: JobOutcome["priority"]): number[] {
  const waits = jobs
    .flatMap((job) =>
      job.priority === priority && job.startedMs !== null
        ? [(job.startedMs - job.submittedMs) / hourMs]
        : [],
    )
    .toSorted((a, b) => a - b);
  if (waits.length === 0) return [];
  return [0.05, 0.25, 0.5, 0.75, 0.95].map((share) => {
    return Number(Math.max(leastHours, quantile(waits, share)).toPrecision(4));
  });
}

/** Hours as minutes, hours or days. */
function spoken(hours: number): string {
  if (hours < 0.995) return `${Number((hours * 60).toPrecision(2))} min`;
  return `${Number(hours.toPrecision(2))} h`;
}
