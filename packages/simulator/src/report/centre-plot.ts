import { shown } from "./numbers.ts";
import { plotOf, type Plot, type PlotInput } from "./plot.ts";
import { axisStyle, fontSize, ink } from "./svg.ts";
import { ramp } from "./style.ts";

/** How full each centre was, by dispatcher: a row for each centre, a column for each dispatcher. */
export function centrePlot({ all, words }: PlotInput): Plot {
  const centres = all[0]!.measures.uses.map(({ centre }) => centre);
  const cells = all.flatMap(({ measures }, column) =>
    measures.uses.map(({ share }, row) => cellOf([column, row, share])),
  );
  const titles = { id: "centres", title: words.centreTitle, note: words.centreNote };
  return plotOf(titles, all, {
    height: 34 + centres.length * 21,
    option: {
      grid: { left: 176, right: 6, top: 26, bottom: 6 },
      xAxis: {
        ...axisStyle,
        type: "category",
        position: "top",
        data: all.map(({ number }) => String(number)),
        axisLabel: { color: ink, fontSize, interval: 0 },
        splitLine: { show: false },
      },
      yAxis: {
        ...axisStyle,
        type: "category",
        inverse: true,
        data: centres,
        axisLabel: { color: ink, fontSize: 12, width: 166, overflow: "truncate", interval: 0 },
        splitLine: { show: false },
      },
      visualMap: { show: false, type: "piecewise", dimension: 2, pieces },
      series: [{ type: "heatmap", silent: true, label: { show: true, fontSize: 12 }, data: cells }],
    },
  });
}

const pieces = ramp.map((color, at) => ({ gte: at * 10 - 5, lt: at * 10 + 5, color }));

function cellOf([column, row, share]: [column: number, row: number, share: number]) {
  const percent = Number.isFinite(share) ? Math.round(Math.min(1, share) * 100) : 0;
  return {
    value: [column, row, percent],
    label: { formatter: shown(percent), color: percent >= 45 ? "#ffffff" : "#1b2430" },
  };
}
