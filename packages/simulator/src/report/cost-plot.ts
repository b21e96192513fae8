import type { CostParts } from "../result.ts";
import { short } from "./numbers.ts";
import { legendOf, plotOf, type Plot, type PlotInput } from "./plot.ts";
import { axisStyle, fontSize, ink, seriesColour } from "./svg.ts";

const parts = [
  "compute",
  "data",
  "waiting",
  "loss",
  "power",
  "carbon",
] as const satisfies readonly (keyof CostParts)[];

/** A bar for each dispatcher, made of the parts of its cost; its sum stands behind it. */
export function costPlot({ all, words }: PlotInput): Plot {
  const used = parts.filter((part) => all.some(({ measures }) => measures.spending[part] > 0));
  const totals = all.map(({ measures }) => measures.spending.total);
  const series = used.map((part, at) => ({
    type: "bar",
    name: part,
    stack: "cost",
    silent: true,
    barMaxWidth: 22,
    itemStyle: { color: seriesColour(at) },
    data: all.map(({ measures }) => Math.round(measures.spending[part])),
    ...(at === used.length - 1 && { label: sumLabel(totals) }),
  }));
  const titles = { id: "cost", title: words.costTitle, note: words.costNote };
  const plot = plotOf(titles, all, {
    height: Math.max(150, 60 + all.length * 34),
    option: {
      grid: { left: 152, right: 56, top: 8, bottom: 28 },
      xAxis: {
        ...axisStyle,
        type: "value",
        axisLabel: { ...axisStyle.axisLabel, formatter: short },
      },
      yAxis: {
        ...axisStyle,
        type: "category",
        inverse: true,
        data: all.map(({ number, result }) => `${number} ${result.dispatcher}`),
        axisLabel: { color: ink, fontSize, width: 142, overflow: "break", interval: 0 },
      },
      series,
    },
  });
  return { ...plot, legend: legendOf(used.map((part, at) => ({ at, name: words[part] }))) };
}

const sumLabel = (totals: readonly number[]) => ({
  show: true,
  position: "right",
  color: ink,
  fontSize,
  formatter: ({ dataIndex }: { dataIndex: number }) => short(totals[dataIndex] ?? 0),
});
