import type { Facts, Spell } from "./facts.ts";

/** What holds of processes, as whoever watches the centres from outside has seen them. */
export const seenLaws = {
  "no two runs of a job are alive at the same time": ({ evidence }) =>
    [...Map.groupBy(evidence.spells, ({ job }) => job)].flatMap(([job, spells]) =>
      overlaps(spells, evidence.atMs).map(
        ([one, other]) => `job ${job} ran as ${tell(one)} and, at once, as ${tell(other)}`,
      ),
    ),

  "a run starts once": ({ evidence }) =>
    [...Map.groupBy(evidence.spells, ({ run, replica }) => `${run} replica ${replica}`)]
      .filter(([, spells]) => spells.length > 1)
      .map(([run, spells]) => `run ${run} was started ${spells.length} times`),

  "a run is over only when its processes are": ({ runs, evidence }) => {
    const ends = new Map(runs.map(({ id, endedAtMs }) => [id, endedAtMs]));
    return evidence.spells.flatMap((spell) => {
      const endedAtMs = ends.get(spell.run) ?? Number.POSITIVE_INFINITY;
      if ((spell.toMs ?? evidence.atMs) <= endedAtMs + seenLateMs) return [];
      return [`run ${tell(spell)} was over at ${timeOf(endedAtMs)}`];
    });
  },

  "nothing runs that was not leased": ({ runs, evidence }) => {
    const known = new Set<string>(runs.map(({ id }) => id));
    return evidence.spells
      .filter(({ run }) => !known.has(run))
      .map((spell) => `the hub has no run ${tell(spell)}`);
  },

  "what succeeded was seen to run": ({ runs, evidence }) => {
    const seen = new Set<string>(evidence.spells.map(({ run }) => run));
    return runs
      .filter(({ id, state }) => seen.size > 0 && state === "succeeded" && !seen.has(id))
      .map(({ id }) => `run ${id} succeeded, and no centre has seen it alive`);
  },

  "when all is quiet, no process is left": ({ evidence, isQuiet }) =>
    evidence.spells
      .filter(({ toMs }) => isQuiet && toMs === null)
      .map((spell) => `run ${tell(spell)}`),
} as const satisfies Record<string, (facts: Facts) => string[]>;

/** Whoever looks from outside sees a process end a little late. */
const seenLateMs = 500;

/** Pairs of spells of different runs that have a moment in common. */
function overlaps(spells: readonly Spell[], atMs: number): [Spell, Spell][] {
  const endOf = ({ toMs }: Spell) => toMs ?? atMs;
  const found: [Spell, Spell][] = [];
  let latest: Spell | undefined;
  for (const spell of spells.toSorted((a, b) => a.fromMs - b.fromMs)) {
    if (latest && latest.run !== spell.run && endOf(latest) > spell.fromMs) {
      found.push([latest, spell]);
    }
    if (!latest || endOf(spell) > endOf(latest)) latest = spell;
  }
  return found;
}

function tell({ run, replica, centre, fromMs, toMs }: Spell): string {
  const till = toMs === null ? "now" : timeOf(toMs);
  return `${run} replica ${replica} at ${centre} from ${timeOf(fromMs)} to ${till}`;
}

const timeOf = (ms: number) => new Date(ms).toISOString();
