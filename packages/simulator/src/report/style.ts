/** Series colours of light and dark pages; told apart by people who see few colours as well. */
export const palette: readonly (readonly [light: string, dark: string])[] = [
  ["#0b62c4", "#6cb0ff"],
  ["#c2570c", "#ff9d57"],
  ["#0a7d57", "#4cd3a0"],
  ["#a3247f", "#f08ad0"],
  ["#7a6a00", "#e2ca45"],
  ["#5b3fc4", "#b3a1ff"],
  ["#b3202c", "#ff8b8b"],
  ["#11808f", "#63d3e2"],
  ["#5d6570", "#aab4c0"],
  ["#6b4a2b", "#cfa57c"],
];

/** From empty to full, in eleven steps; the same on light and dark pages. */
export const ramp: readonly string[] = Array.from({ length: 11 }, (_, at) => {
  const share = at / 10;
  const mixed = ([235, 242, 250] as const).map((from, channel) => {
    const to = [8, 48, 107][channel]!;
    return Math.round(from + (to - from) * share);
  });
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
});

const variables = (dark: 0 | 1) =>
  palette.map((both, at) => `--s${at}:${both[dark]}`).join(";") +
  (dark
    ? ";--ink:#e6e9ee;--soft:#a3acb8;--rule:#39414c;--page:#14181d;--panel:#1b2027;--mark:#4cd3a0"
    : ";--ink:#1b2430;--soft:#5a6675;--rule:#d5dbe3;--page:#fff;--panel:#f6f8fa;--mark:#0a7d57");

/** Of the whole page: no file beside it, light and dark, one column on a phone. */
export const style = `
:root{color-scheme:light dark;${variables(0)}}
@media (prefers-color-scheme:dark){:root{${variables(1)}}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.5rem 1rem 4rem;max-width:74rem;background:var(--page);
color:var(--ink);font:16px/1.5 system-ui,"Noto Sans","Noto Sans CJK SC","PingFang SC",
"Microsoft YaHei",sans-serif}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem}
h2{font-size:1.2rem;margin:2.5rem 0 .5rem;border-bottom:1px solid var(--rule);
padding-bottom:.25rem}
h3{font-size:1rem;margin:0}
p{margin:.4rem 0}
.soft,figcaption p{color:var(--soft);font-size:.875rem}
.brief{display:flex;flex-wrap:wrap;gap:.5rem 2rem;padding:0;margin:1rem 0;list-style:none}
.brief b{font-size:1.25rem;font-variant-numeric:tabular-nums}
.legend{display:flex;flex-wrap:wrap;gap:.1rem .9rem;padding:0;margin:.4rem 0;list-style:none;
font-size:.8125rem}
.legend i{display:inline-block;width:.8em;height:.8em;margin-right:.35em;border-radius:2px}
.plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,30rem),1fr));
gap:1.25rem;align-items:start;margin-top:1.5rem}
figure{margin:0;padding:.9rem;background:var(--panel);border:1px solid var(--rule);
border-radius:8px;break-inside:avoid}
figure svg{display:block;width:100%;height:auto}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums}
th,td{padding:.35rem .6rem;border-bottom:1px solid var(--rule);text-align:right;
vertical-align:top}
th{font-weight:600}
th[scope=row],.texts th,.texts td{text-align:left}
th[scope=row]{font-weight:400;position:sticky;left:0;background:var(--page)}
td small{display:block;color:var(--soft);white-space:nowrap}
td.best{font-weight:600;color:var(--mark);white-space:nowrap}
td.best::before{content:"● ";font-size:.7em;vertical-align:.15em}
code{font:.8125rem/1.5 ui-monospace,Consolas,monospace;overflow-wrap:anywhere}
pre{padding:.75rem;background:var(--panel);border:1px solid var(--rule);border-radius:8px;
white-space:pre-wrap}
@media (max-width:34rem){body{padding:1rem .6rem 3rem;font-size:15px}
th,td{padding:.3rem .4rem}
.compare th[scope=row]{min-width:7rem;max-width:8.5rem}figure{padding:.6rem}}
@media print{:root{color-scheme:light;${variables(0)}}body{max-width:none;font-size:11pt}
.scroll{overflow:visible}table{font-size:8pt}.plots{grid-template-columns:1fr 1fr}
h2{break-after:avoid}th[scope=row]{position:static}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
