import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ended, slotsOf, soon } from "../contract/world.ts";
import { isFinal, type Engine, type RunReport, type RunSpec } from "../engine.ts";
import type { JournalLine, Orders } from "./agent-under-fire.ts";
import { killKeeper, makeHostWorld, type HostWorld } from "./host-world.ts";
import { randomFrom } from "./random.ts";
import { refOf } from "./run-files.ts";

const seed = Number(process.env["WADI_STRESS_SEED"] ?? 20_261_122);
const rounds = Number(process.env["WADI_STRESS_ROUNDS"] ?? 10);
const poor = ["cgroup", "systemd", "bubblewrap", "namespaces", "user-namespaces"];

test.each([
  { machine: "this one", without: [], rounds },
  { machine: "one without namespaces and groups", without: poor, rounds: Math.ceil(rounds / 2) },
])(
  "agents and keepers killed at any moment lose no run and run none twice: $machine",
  async ({ without, rounds: ofThese }) => {
    console.log(
      `seed ${seed}, ${ofThese} rounds; WADI_STRESS_SEED and WADI_STRESS_ROUNDS set them`,
    );
    const world = makeHostWorld({ probe: { without } });
    const journal = join(world.folder, "..", "journal");
    const random = randomFrom(seed);
    try {
      for (let round = 0; round < ofThese; round++) {
        const killAfterMs = random() * 500;
        await underFire(world, { journal, seed: seed + round, without, killAfterMs });
        const engine = await world.reopen();
        await engine.describe(soon()); // Even if the agent died before it had a keeper.
        const before = await everyReport(engine, journal);
        checkInvariants(world, before, journal);
        if (random() < 0.4) await checkKeeperDeath(world, engine, { before, journal });
        await engine.close();
      }
      expect(await countAtEnd(world, journal)).toBeGreaterThan(ofThese);
    } finally {
      await world.end();
    }
  },
  120_000,
);

/** Lets an agent work for a while, and kills it wherever it is. */
async function underFire(
  { folder }: HostWorld,
  orders: Omit<Orders, "folder"> & { readonly killAfterMs: number },
): Promise<void> {
  const main = fileURLToPath(new URL("agent-under-fire.ts", import.meta.url));
  const argument = JSON.stringify({ folder, ...orders } satisfies Orders);
  const agent = spawn(process.execPath, [main, argument], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  const exit = once(agent, "exit");
  const before = linesOf(orders.journal).length;
  // From its first step on, however long the machine takes to get it there.
  while (agent.exitCode === null && linesOf(orders.journal).length === before) await sleep(5);
  await sleep(orders.killAfterMs);
  agent.kill("SIGKILL");
  await exit;
  expect(agent.signalCode).toBe("SIGKILL"); // And not by an error of its own.
}

const linesOf = (journal: string): JournalLine[] =>
  existsSync(journal)
    ? readFileSync(journal, "utf8")
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line) as JournalLine)
    : [];

const askedIn = (journal: string): RunSpec[] =>
  linesOf(journal).flatMap((line) => (line.kind === "asked" ? [line.spec] : []));

const everyReport = (engine: Engine, journal: string) =>
  engine.observe(askedIn(journal).map(refOf), soon());

function checkInvariants(world: HostWorld, reports: readonly RunReport[], journal: string): void {
  const known = new Set(reports.map(({ ref }) => ref.handle));
  const started = linesOf(journal).flatMap((line) => (line.kind === "started" ? [line.ref] : []));
  expect(started.filter(({ handle }) => !known.has(handle))).toEqual([]);
  const held = slotsOf(reports.filter(({ state }) => !isFinal(state)));
  expect(new Set(held).size).toBe(held.length);
  for (const spec of askedIn(journal))
    expect(timesBegun(world, spec)).toBeLessThanOrEqual(spec.replicas);
}

/** How often the command of a run has really begun, as it says itself. */
function timesBegun({ folder }: HostWorld, { job }: RunSpec): number {
  const file = join(folder, "checkpoints", job, "begun");
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").length - 1 : 0;
}

/** After the keeper's death what had ended is told as before, and all else is lost. */
async function checkKeeperDeath(
  world: HostWorld,
  engine: Engine,
  { before, journal }: { readonly before: readonly RunReport[]; readonly journal: string },
): Promise<void> {
  await killKeeper(world.folder);
  const after = await everyReport(engine, journal);
  const over = before.filter(({ state }) => isFinal(state));
  expect(after).toEqual(expect.arrayContaining(over));
  expect(after.filter(({ state }) => !isFinal(state))).toEqual([]);
  expect(world.processes()).toBe(0);
}

/** Stops all that is left. @returns how many runs there were */
async function countAtEnd(world: HostWorld, journal: string): Promise<number> {
  const engine = await world.reopen();
  const refs = await engine.holding(soon());
  for (const ref of refs) await engine.stop(ref, soon());
  const reports = [];
  for (const ref of refs) reports.push(await ended(world, ref, { engine }));
  checkInvariants(world, reports, journal);
  expect(world.processes()).toBe(0);
  for (const ref of refs) await engine.forget(ref, soon());
  expect(await engine.holding(soon())).toEqual([]);
  return reports.length;
}
