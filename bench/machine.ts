import { readFile } from "node:fs/promises";
import { cpus, loadavg, totalmem } from "node:os";

/** What the figures were measured on, in one line; how busy it was stands in it too. */
export async function describeMachine(): Promise<string> {
  const system = await readFile("/etc/os-release", "utf8").then(
    (text) => /^PRETTY_NAME="?([^"\n]*)/m.exec(text)?.[1] ?? process.platform,
    () => process.platform,
  );
  const processors = cpus();
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  const load = loadavg()[0]?.toFixed(1);
  const date = Temporal.Now.plainDateISO().toString();
  const machine = `${processors.length} × ${processors[0]?.model.trim()}, ${memory} GiB, ${system}`;
  return `${date}: ${machine}, Node ${process.versions.node}; load before ${load}`;
}
