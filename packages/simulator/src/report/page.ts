import type { About } from "./about.ts";
import { centrePlot } from "./centre-plot.ts";
import { comparison, type ComparisonRow } from "./comparison.ts";
import { costPlot } from "./cost-plot.ts";
import { asMarkup, html, type Markup } from "./html.ts";
import { impossiblePart, inputsPart } from "./inputs.ts";
import type { Measured } from "./measured.ts";
import { difference, shown } from "./numbers.ts";
import type { Plot, PlotInput } from "./plot.ts";
import { estimatePlot, fairnessPlot } from "./quantile-plots.ts";
import { style } from "./style.ts";
import { gapPlot, queuePlot, usePlot } from "./time-plots.ts";
import { waitPlot } from "./wait-plot.ts";
import type { Words } from "./words.ts";

/** The whole page: nothing beside it is loaded, and nothing in it runs. */
export function pageOf(
  all: readonly Measured[],
  { about, words }: { about: About; words: Words },
): string {
  const input: PlotInput = { all, words, timeZone: about.timeZone };
  const plots = [costPlot, waitPlot, usePlot, queuePlot, centrePlot, fairnessPlot]
    .concat(gapPlot, estimatePlot)
    .map((plot) => figure(plot(input)));
  const page = html`<!doctype html>
    <html lang="${words.pageLanguage}" xmlns="http://www.w3.org/1999/xhtml">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'"
        />
        <title>${about.title}</title>
        <style>
          ${asMarkup(style)}
        </style>
      </head>
      <body>
        <header>
          <h1>${about.title}</h1>
          <p class="soft">${words.madeBy} ${about.version}, ${about.madeAt}</p>
          ${brief(all, words)}
        </header>
        <h2>${words.comparison}</h2>
        <p class="soft">${words.comparisonNote}</p>
        ${comparisonTable(all, words)}
        <div class="plots">${plots}</div>
        <p class="soft">${words.clipped}</p>
        ${impossiblePart(about, words)} ${inputsPart(about, words)}
      </body>
    </html> `;
  return page.markup;
}

function brief(all: readonly Measured[], words: Words): Markup {
  const [{ result, measures }] = all as readonly [Measured];
  const cards = result.centres.reduce((sum, centre) => sum + centre.cards, 0);
  const facts = [
    [result.jobs.length, words.jobsPlayed],
    [cards, words.cards],
    [result.centres.length, words.centres],
    [measures.tenants.length, words.tenants],
  ] as const;
  const items = facts.map(([count, name]) => html`<li><b>${shown(count)}</b> ${name}</li>`);
  return html`<ul class="brief">
    ${items}
  </ul>`;
}

function comparisonTable(all: readonly Measured[], words: Words): Markup {
  const heads = all.map(
    ({ number, result }) => html`<th scope="col">${number} ${result.dispatcher}</th>`,
  );
  const rows = comparison(all).map((row) => comparisonLine(row, words));
  return html`<div class="scroll">
    <table class="compare">
      <thead>
        <tr>
          <th scope="row">${words.measure}</th>
          ${heads}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div> `;
}

function comparisonLine(row: ComparisonRow, words: Words): Markup {
  const cells = row.values.map((value, at) => {
    const off = row.differences[at] ?? null;
    const beside = off === null ? "" : difference(off);
    const small = beside === "" ? html`` : html`<small>${beside}</small>`;
    const text = shown(value, row.digits);
    return row.best.includes(at)
      ? html`<td class="best">${text}${small}</td>`
      : html`<td>${text}${small}</td>`;
  });
  return html`<tr>
    <th scope="row">${words[row.key]}</th>
    ${cells}
  </tr> `;
}

const figure = ({ id, title, note, legend, body }: Plot): Markup =>
  html`<figure id="figure-${id}">
    <figcaption>
      <h3>${title}</h3>
      <p>${note}</p>
      ${legend}
    </figcaption>
    ${body}
  </figure> `;
