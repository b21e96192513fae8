import type { About } from "./about.ts";
import { html, nothing, type Markup } from "./html.ts";
import { shown } from "./numbers.ts";
import type { Words } from "./words.ts";

/** So many reasons, and so many ids for each, stand on the page. */
const reasonsMost = 50;
const idsMost = 5;

/** What never could run, by reason, the most frequent first. */
export function impossiblePart({ impossible }: About, words: Words): Markup {
  if (impossible.length === 0) {
    return html`<h2>${words.never}</h2>
      <p>${words.neverNone}</p> `;
  }
  const reasons = [...Map.groupBy(impossible, ({ why }) => why)]
    .toSorted(([a, ids], [b, more]) => more.length - ids.length || (a < b ? -1 : 1))
    .slice(0, reasonsMost);
  const rows = reasons.map(
    ([why, jobs]) =>
      html`<tr>
        <td>${why}</td>
        <td>${shown(jobs.length)}</td>
        <td>
          ${jobs
            .slice(0, idsMost)
            .map(({ id }) => id)
            .join(", ")}
        </td>
      </tr> `,
  );
  return html`<h2>${words.never}: ${shown(impossible.length)}</h2>
    <p class="soft">${words.neverNote}</p>
    <div class="scroll">
      <table class="texts">
        <thead>
          <tr>
            <th>${words.why}</th>
            <th>${words.count}</th>
            <th>${words.such}</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div> `;
}

/** All that has to be the same for the same numbers. */
export function inputsPart(about: About, words: Words): Markup {
  const { command, inputs, settings } = about;
  const files = inputs.map(
    ({ role, file, holds, sha256 }) =>
      html`<tr>
        <td>${words[role]}</td>
        <td><code>${file}</code></td>
        <td>${holds}</td>
        <td><code>${sha256 ?? "–"}</code></td>
      </tr> `,
  );
  const options: readonly (readonly [string, string])[] = [
    ...settings,
    [words.seed, String(about.seed)],
    [words.timeZone, about.timeZone],
    [words.version, about.version],
    [words.madeAt, about.madeAt],
  ];
  const rows = options.map(
    ([name, value]) =>
      html`<tr>
        <td>${name}</td>
        <td>${value}</td>
      </tr> `,
  );
  return html`<h2>${words.again}</h2>
    ${command === null ? nothing : html`<pre><code>${command}</code></pre>`}
    <p class="soft">${words.sameAgain}</p>
    <div class="scroll">
      <table class="texts">
        <thead>
          <tr>
            <th>${words.role}</th>
            <th>${words.file}</th>
            <th>${words.holds}</th>
            <th>${words.sha256}</th>
          </tr>
        </thead>
        <tbody>
          ${files}
        </tbody>
      </table>
    </div>
    <div class="scroll">
      <table class="texts">
        <thead>
          <tr>
            <th>${words.option}</th>
            <th>${words.value}</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
    <p class="soft">${words.files}</p> `;
}
