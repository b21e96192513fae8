import { certify, type BoundProblem, type Effort } from "@wadi/core/dispatch";
import { provinceProblem, solveTimeIndexed, type ProvinceSize } from "@wadi/simulator/bound-oracle";

/*
 * The certificate of dispatch beside the same program written out in full and solved by HiGHS, in
 * the same run. "Off" is how far the bound is below its optimum. Where the program is too
 * large for HiGHS, the certificate's own figure stands alone: it is never below the true one.
 * Times are of the processor; both use one core.
 */

const hours = 48;
const sizes: readonly (ProvinceSize & { readonly solved: boolean })[] = [
  { groups: 25, pools: 20, eligible: 8, load: 0.8, solved: true },
  { groups: 50, pools: 30, eligible: 12, load: 0.8, solved: true },
  { groups: 100, pools: 60, eligible: 20, load: 0.8, solved: true },
  { groups: 500, pools: 200, eligible: 50, load: 0.4, solved: false },
  { groups: 500, pools: 200, eligible: 50, load: 0.8, solved: false },
  { groups: 500, pools: 200, eligible: 50, load: 1.5, solved: false },
].map((size) => ({ ...size, seed: 1, hours, cardsMax: 2000 }));

const secondsMax = 60;
const gaps = [0.02, 0.01];

export async function run(): Promise<void> {
  certify(provinceProblem(sizes[0]!)); // warm up
  console.log("| groups × pools × hours | load | HiGHS | asked | took | rounds | off | at most |");
  console.log("|---|---|---|---|---|---|---|---|");
  for (const { solved, ...size } of sizes) {
    const problem = provinceProblem(size);
    const program = solved ? await solveOrNothing(problem) : undefined;
    for (const gap of gaps) {
      const made = measure(problem, { gap });
      const beside = program && 1 - made.lower / program.cost;
      console.log(
        `| ${size.groups} × ${size.eligible} of ${size.pools} × ${hours} | ${size.load} ` +
          `| ${program ? `${seconds(program.ms)}, ${program.columns} columns` : ""} ` +
          `| ${percent(gap)} | ${seconds(made.ms)} | ${made.rounds} ` +
          `| ${beside === undefined ? "" : percent(beside)} | ${percent(made.gap)} |`,
      );
    }
  }
  console.log();
  reportAgain();
}

async function solveOrNothing(problem: BoundProblem) {
  const solver = problem.groups.length > 25 ? "ipm" : "simplex";
  const program = await solveTimeIndexed(problem, { whole: false, secondsMax, solver });
  if (program.status === "optimal") return program;
  console.log(`| HiGHS had not solved ${program.columns} columns after ${secondsMax} s ||||||||`);
  return undefined;
}

/** What a certificate takes after a small change when it begins with the one before. */
function reportAgain(): void {
  const problem = provinceProblem(sizes.at(-2)!);
  const from = certify(problem, { gap: 0.02 });
  const groups = problem.groups.map((group, i) =>
    i % 25 === 0 ? { ...group, jobs: Math.ceil(group.jobs * 1.3) } : group,
  );
  const changed = { ...problem, groups };
  const cold = measure(changed, { gap: 0.02 });
  const warm = measure(changed, { gap: 0.02, from });
  console.log("After 20 of 500 groups grew by 30 %, within 2 %:");
  console.log(`from nothing ${seconds(cold.ms)} in ${cold.rounds} rounds,`);
  console.log(`from the certificate before ${seconds(warm.ms)} in ${warm.rounds} rounds.`);
}

function measure(problem: BoundProblem, effort: Effort) {
  const began = process.cpuUsage();
  const { lower, relaxed, rounds } = certify(problem, effort);
  const { user, system } = process.cpuUsage(began);
  const ms = (user + system) / 1000;
  const gap = relaxed === null ? Infinity : 1 - Number(lower) / Number(relaxed);
  return { ms, rounds, gap, lower: Number(lower) };
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
const percent = (part: number) => `${(part * 100).toFixed(2)} %`;
