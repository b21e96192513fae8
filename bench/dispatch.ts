/**
 * B1 to B9 of dispatch, each beside its goal and, where there is one, its baseline. All, or those
 * that are asked for by name:
 * `npm run bench -- dispatch:philly dispatch:gavel`.
 */
const parts: Readonly<Record<string, () => Promise<void>>> = {
  placements: async () => (await import("./dispatch/placements.ts")).placements(),
  rounds: async () => (await import("./dispatch/rounds.ts")).roundTimes(),
  quality: async () => (await import("./dispatch/quality.ts")).quality(),
  bound: async () => (await import("./dispatch-bound.ts")).run(),
  philly: async () => (await import("./dispatch/philly.ts")).philly(),
  packing: async () => (await import("./dispatch/packing.ts")).packing(),
  "packing-rounds": async () => (await import("./dispatch/packing-rounds.ts")).packingRounds(),
  gavel: async () => (await import("./dispatch/gavel.ts")).gavel(),
  starts: async () => (await import("./dispatch/starts.ts")).starts(),
  preemption: async () => (await import("./dispatch/preemption.ts")).preemption(),
  simulate: async () => (await import("./dispatch/simulate.ts")).simulations(),
};

/** @throws RangeError where there is no such part */
export async function run(part?: string): Promise<void> {
  const names = Object.keys(parts);
  if (part !== undefined && !(part in parts)) {
    throw new RangeError(`dispatch has no part ${part}; it has ${names.join(", ")}`);
  }
  for (const name of part === undefined ? names : [part]) {
    console.log(`### ${name}\n`);
    await parts[name]!();
  }
}
