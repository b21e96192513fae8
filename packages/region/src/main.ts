import { join, resolve } from "node:path";

import { ApiProblem } from "@wadi/protocol";

import { prepareJob } from "./job.ts";
import { readProgrammeFile, readRegionFile } from "./region-file.ts";
import { startAgents, startHub } from "./region.ts";
import { makeScreen } from "./screen.ts";
import { readSettings, type Settings } from "./settings.ts";
import { claimVoucher, setUp, signIn } from "./set-up.ts";
import { tellStory } from "./story.ts";

const repository = resolve(import.meta.dirname, "../../..");
const asked = readSettings(process.argv.slice(2), repository);
if ("exitCode" in asked) {
  (asked.exitCode === 0 ? process.stdout : process.stderr).write(asked.text);
  process.exitCode = asked.exitCode;
} else {
  process.exitCode = await main(asked);
}

/** @returns the exit code: 0 all went well, 1 the job or the books did not, 130 after Ctrl-C */
async function main(settings: Settings): Promise<number> {
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stopping.abort());
  const screen = makeScreen(process.stdout);
  try {
    return await run(settings, { screen, stop: stopping.signal });
  } catch (error) {
    if (stopping.signal.aborted) return 130;
    process.stderr.write(`\n${(error as Error).message}\n`);
    return 1;
  }
}

async function run(
  settings: Settings,
  { screen, stop }: { screen: ReturnType<typeof makeScreen>; stop: AbortSignal },
): Promise<number> {
  const stopped = new Promise<never>((_, reject) => {
    stop.addEventListener("abort", () => reject(new Error("stopped")));
  });
  stopped.catch(() => {});
  const file = await readRegionFile(new URL("../region.yaml", import.meta.url));
  const region = await startHub(settings, screen);
  const live = <T>(work: Promise<T>) => Promise.race([work, stopped, region.broken]);
  try {
    await live(screen.during("registering the region", () => setUp(region.operator, file)));
    await live(startAgents(region, { settings, file, screen }));
    const at = { hub: region.hub, state: settings.state, file };
    const clients = await live(signIn(region.operator, at));
    const rules = await readProgrammeFile(
      new URL(`../../../programmes/${file.programme}.yaml`, import.meta.url),
    );
    const claim = await live(claimVoucher(clients, { file, rules }));
    const spec = await live(prepareJob(clients.tenant, settings));
    const story = { clients, file, rules, claim, screen, spec, stop };
    const isWell = await live(tellStory(story)).catch((error: unknown) => {
      // The hub said no, as to a tenant without money: whoever can cure it needs the region up.
      if (settings.once || !(error instanceof ApiProblem)) throw error;
      screen.line(`   Refused: ${error.message}`);
      return false;
    });
    if (settings.once) return isWell ? 0 : 1;

    sayWhere(screen, { hub: region.hub, state: settings.state });
    await live(new Promise<never>(() => {})).catch((error: unknown) => {
      if (!stop.aborted) throw error;
    });
    return 0;
  } finally {
    if (stop.aborted) screen.line();
    await screen.during("stopping everything", () => region.stop());
    screen.line("Everything is stopped.");
  }
}

function sayWhere(screen: ReturnType<typeof makeScreen>, at: { hub: string; state: string }): void {
  screen.line();
  screen.line("The region stays up. Ctrl-C stops all of it.");
  screen.line(`   API      ${at.hub}/v1`);
  screen.line(`   its docs ${at.hub}/docs`);
  screen.line(`   metrics  ${at.hub}/metrics (with the operator's key)`);
  screen.line(`   keys     ${join(at.state, "keys.json")}, ${join(at.state, "hub/operator.key")}`);
  screen.line(`   logs     ${join(at.state, "logs")}`);
}
