import type { EChartsCoreOption } from "echarts/core";
import { html, nothing, type Markup } from "./html.ts";
import type { Measured } from "./measured.ts";
import { axisStyle, seriesColour, svgOf } from "./svg.ts";
import { palette } from "./style.ts";
import type { Words } from "./words.ts";

/** What every plot is made from. */
export interface PlotInput {
  readonly all: readonly Measured[];
  readonly words: Words;
  readonly timeZone: string;
}

/** One figure of the page. */
export interface Plot {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly legend: Markup;
  readonly body: Markup;
}

type Titles = Pick<Plot, "id" | "title" | "note">;

/** A figure that names the dispatchers below its title. */
export function plotOf(
  titles: Titles,
  all: readonly Measured[],
  drawn: { readonly option: EChartsCoreOption; readonly height?: number },
): Plot {
  const body = svgOf(titles.id, { ...drawn, label: titles.title });
  return { ...titles, legend: dispatcherLegend(all), body };
}

/** In place of a figure that has nothing to show. */
export const emptyPlot = (titles: Titles, { words, why }: { words: Words; why: string }): Plot => ({
  ...titles,
  legend: nothing,
  body: html`<p class="soft">${words.none} ${why}</p>`,
});

export const dispatcherLegend = (all: readonly Measured[]): Markup =>
  legendOf(
    all.map(({ number, result }) => ({
      at: number - 1,
      name: `${number} ${result.dispatcher}`,
    })),
  );

/** Names beside colours by their place in the palette. */
export const legendOf = (
  entries: readonly { readonly at: number; readonly name: string }[],
): Markup =>
  html`<ul class="legend">
    ${entries.map(
      ({ at, name }) =>
        html`<li><i style="background:var(--s${at % palette.length})"></i>${name}</li>`,
    )}
  </ul>`;

/** A line for one dispatcher: its colour, no marks on it. */
export const lineOf = (
  { number, result }: Measured,
  data: readonly (readonly [number, number | null])[],
) => ({
  type: "line",
  name: result.dispatcher,
  data,
  showSymbol: false,
  silent: true,
  lineStyle: { width: 1.8, color: seriesColour(number - 1) },
  // Lines that lie upon one another are told apart by their dashes.
  ...(number > 1 && { lineStyle: dashed(number) }),
});

const dashes = ["solid", [6, 3], [2, 2], [9, 3, 2, 3]] as const;
const dashed = (number: number) => ({
  width: 1.8,
  color: seriesColour(number - 1),
  type: dashes[(number - 1) % dashes.length],
});

/** The value below which so many percent lie, for each percent; `values` in any order. */
export function quantileCurve(values: readonly number[]): [percent: number, value: number][] {
  const sorted = values.toSorted((a, b) => a - b);
  if (sorted.length === 0) return [];
  return Array.from({ length: 101 }, (_, percent) => {
    const at = Math.min(sorted.length - 1, Math.floor((percent / 100) * sorted.length));
    return [percent, sorted[at]!];
  });
}

/** Percent of something on the x axis, from 0 to 100. */
export const percentAxis = (name: string) => ({
  ...axisStyle,
  type: "value",
  min: 0,
  max: 100,
  name,
  nameLocation: "middle",
  nameGap: 26,
  splitLine: { show: false },
});
