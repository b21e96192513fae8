import { asId, type JobId, type RunId } from "@wadi/core/units";
import type { Spell } from "@wadi/core/job";

/** When processes of runs were alive, as whoever keeps the book saw it. */
export interface SpellBook {
  begin(spell: Omit<Spell, "toMs">): OpenSpell;
  all(): Spell[];
  /** How many are alive now. */
  alive(): number;
}

export interface OpenSpell {
  end(atMs: number): void;
}

export function openSpellBook(): SpellBook {
  const spells: { -readonly [K in keyof Spell]: Spell[K] }[] = [];
  return {
    begin: (begun) => {
      const spell: (typeof spells)[number] = { ...begun, toMs: null };
      spells.push(spell);
      return { end: (atMs) => void (spell.toMs ??= atMs) };
    },
    all: () => spells.map((spell) => ({ ...spell })),
    alive: () => spells.filter(({ toMs }) => toMs === null).length,
  };
}

/** What a run says of itself when it begins: "<job> <run> <replica> <centre>". */
export function readGreeting(line: string): Omit<Spell, "fromMs" | "toMs"> | undefined {
  const [job, run, replica, centre] = line.trim().split(" ");
  if (!job || !run || !centre || !/^\d+$/.test(replica ?? "")) return undefined;
  return { job: asId<JobId>(job), run: asId<RunId>(run), replica: Number(replica), centre };
}
