import { init, use, type EChartsCoreOption } from "echarts/core";
import { BarChart, BoxplotChart, HeatmapChart, LineChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, VisualMapComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";
import { asMarkup, type Markup } from "./html.ts";
import { palette } from "./style.ts";

use([BarChart, BoxplotChart, HeatmapChart, LineChart]);
use([GridComponent, MarkLineComponent, VisualMapComponent, SVGRenderer]);

/** In a chart's options: colours that follow the page, light or dark. */
export const ink = "#010203";
export const soft = "#010204";
export const rule = "#010205";
/** Of the series at a place; from the eleventh on they come again. */
export const seriesColour = (at: number) =>
  `#0103${(at % palette.length).toString(16).padStart(2, "0")}`;

const followed = new Map([
  [ink, "var(--ink)"],
  [soft, "var(--soft)"],
  [rule, "var(--rule)"],
  ...palette.map((_, at) => [seriesColour(at), `var(--s${at})`] as const),
]);

/** So wide that letters can be read when a phone shows all of it. */
export const plotWidth = 480;
export const fontSize = 13;

/** Drawn by ECharts, without anything that moves; the same options give the same text. */
export function svgOf(
  id: string,
  { option, height = 280, label }: { option: EChartsCoreOption; height?: number; label: string },
): Markup {
  const chart = init(null, null, { renderer: "svg", ssr: true, width: plotWidth, height });
  try {
    chart.setOption({
      animation: false,
      useUTC: true,
      textStyle: { fontSize, color: soft },
      ...option,
    });
    return asMarkup(stripped(chart.renderToSVGString(), { id, label }));
  } finally {
    chart.dispose(); // one that is left keeps the process alive
  }
}

/** Without styles for pointers and marks for scripts; ids are the plot's own. */
function stripped(svg: string, { id, label }: { id: string; label: string }): string {
  const name = label.replaceAll(/[&<>"]/g, " ");
  return svg
    .replaceAll(/<style ?>[^]*?<\/style>/g, "")
    .replaceAll(/ (?:class="zr[^"]*"|ecmeta_\w+="[^"]*"|pointer-events="[^"]*")/g, "")
    .replaceAll(/\bzr\d+-/g, `${id}-`)
    .replaceAll(/font-family:[^;"]*;?/g, "")
    .replaceAll(/font: normal normal (\d+px) [^";]*/g, "font-size:$1")
    .replaceAll(/\bnormal normal (\d+px) sans-serif/g, "$1 sans-serif")
    .replace(/^<svg /, `<svg role="img" aria-label="${name}" `)
    .replace(/ width="\d+" height="\d+"/, "")
    .replaceAll(/#0[0-9a-f]{5}\b/gi, (colour) => followed.get(colour.toLowerCase()) ?? colour);
}

/** Axes, rules and letters as all plots have them. */
export const axisStyle = {
  axisLine: { lineStyle: { color: rule } },
  axisTick: { show: false },
  axisLabel: { color: soft, fontSize, hideOverlap: true },
  splitLine: { lineStyle: { color: rule } },
  nameTextStyle: { color: soft, fontSize },
};
