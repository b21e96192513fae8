import type { Sample, SimResult } from "../result.ts";
import { short } from "./numbers.ts";
import { emptyPlot, lineOf, plotOf, type Plot, type PlotInput } from "./plot.ts";
import { axisStyle } from "./svg.ts";
import { timeAxis, timePoints } from "./time-axis.ts";

/* Plots of something over time, a line for each dispatcher. */

/** Cards in use, in percent of the fleet. */
export function usePlot({ all, words, timeZone }: PlotInput): Plot {
  const value = ({ usedCards }: Sample, { centres }: SimResult) =>
    (100 * sum(usedCards)) / Math.max(1, sum(centres.map(({ cards }) => cards)));
  const series = all.map((one) => lineOf(one, timePoints(one, { timeZone, value })));
  return plotOf({ id: "use", title: words.useTitle, note: words.useNote }, all, {
    option: { ...over("{value} %"), yAxis: { ...percent, min: 0, max: 100 }, series },
  });
}

export function queuePlot({ all, words, timeZone }: PlotInput): Plot {
  const value = ({ queuedJobs }: Sample) => queuedJobs;
  const series = all.map((one) => lineOf(one, timePoints(one, { timeZone, value })));
  return plotOf({ id: "queue", title: words.queueTitle, note: words.queueNote }, all, {
    option: { ...over(short), series },
  });
}

/** Of those dispatchers that made certificates. */
export function gapPlot({ all, words, timeZone }: PlotInput): Plot {
  const titles = { id: "gap", title: words.gapTitle, note: words.gapNote };
  const certified = all.filter(({ measures }) => measures.gap !== null);
  if (certified.length === 0) return emptyPlot(titles, { words, why: words.noGap });
  const value = ({ gap }: Sample) => (gap === null ? null : 100 * gap);
  const series = certified.map((one) => ({
    ...lineOf(one, timePoints(one, { timeZone, value })),
    connectNulls: true,
  }));
  return plotOf(titles, certified, { option: { ...over("{value} %"), series } });
}

const percent = {
  ...axisStyle,
  type: "value",
  axisLabel: { ...axisStyle.axisLabel, formatter: "{value} %" },
};

const over = (formatter: string | ((value: number) => string)) => ({
  grid: { left: 52, right: 14, top: 14, bottom: 28 },
  xAxis: timeAxis,
  yAxis: { ...axisStyle, type: "value", axisLabel: { ...axisStyle.axisLabel, formatter } },
});

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
