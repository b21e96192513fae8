import { settings, type Setting } from "./settings.ts";

/** What `wadi-hub --help` prints. */
export function helpText(): string {
  const all: [string, Setting<unknown>][] = Object.entries(settings);
  const width = Math.max(...all.map(([name]) => name.length));
  const lines = all.map(([name, { means, default: standard }]) => {
    const otherwise = standard === null ? "" : ` [${standard}]`;
    return `  ${name.padEnd(width)}  ${means}${otherwise}`;
  });
  return `${usage}\n\nEnvironment, with what holds otherwise in brackets:\n${lines.join("\n")}`;
}

const usage = `wadi-hub: the server of a region

  (nothing)            run: serve the API and make rounds, until SIGINT or SIGTERM
  --backup FILE        write the whole database into FILE; a running hub goes on
  --restore FILE       fill an empty database from FILE
  --new-operator-key   make an operator's key, for when all others are lost
  --openapi            print the API as OpenAPI 3.1
  --version, --help

It ends with 0 when all went well, 1 when something could not be done, 2 when asked wrongly.`;

/** The settings as a page in Markdown: docs/configuration.md holds these tables. */
export function settingsMarkdown(): string {
  const groups = Map.groupBy(
    Object.entries(settings) as [string, Setting<unknown>][],
    ([, { group }]) => group,
  );
  return [...groups].map(([group, all]) => `## ${group}\n\n${tableOf(all)}`).join("\n\n");
}

function tableOf(all: readonly [string, Setting<unknown>][]): string {
  const rows = all.map(([name, { means, default: standard }]) => {
    return `| \`${name}\` | ${standard === null ? "not set" : `\`${standard}\``} | ${means} |`;
  });
  return ["| variable | default | what it is for |", "|---|---|---|", ...rows].join("\n");
}
