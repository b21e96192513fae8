import { toWorkload } from "../readers/to-workload.ts";
import { usualLimitMs } from "../readers/round-times.ts";
import { plainJob, type TracedJob } from "../readers/traced-job.ts";
import type { Workload } from "../workload.ts";
import { arrivals } from "./arrivals.ts";
import { cardsByModel, type CardsOf } from "./cards.ts";
import { factorWithin, logNormal, pareto, picker, zipfWeights } from "./chance.ts";
import { dataSets } from "./data-sets.ts";
import { kindsOf, type Kind } from "./kinds.ts";
import { stretchTo } from "./load.ts";
import { checkGenerator, type GeneratorOptions } from "./options.ts";
import { random, type Random } from "./random.ts";
import { sizesWithin, type Size } from "./sizes.ts";

/**
 * A workload for everyone who has no trace: jobs by hour and weekday, mostly small and sometimes
 * huge, with heavy tails, of tenants of very unlike weight that run their few kinds of work again
 * and again and declare wrong times. The same options give the same workload, byte for byte.
 * @throws RangeError where an option is wrong, or the fleet has no accelerators
 */
export function generate(options: GeneratorOptions): Workload {
  checkGenerator(options);
  const { seed, jobs: count, from, days, timeZone = "Asia/Shanghai" } = options;
  const chance = random(seed);
  const cards = cardsByModel(options.fleet);

  const pickSize = sizePicker(chance.fork("kinds"), { options, cards });
  const tenants = Array.from({ length: options.tenants }, (_, index) => tenantName(index));
  const pickTenant = picker(tenants, zipfWeights(tenants.length, 0.9));
  const times = arrivals(chance.fork("arrivals"), { from, days, count, timeZone });
  const habits = new Map<string, Habit>();

  const drawn = chance.fork("jobs");
  const wanted = times.map((submittedMs, index): Wanted => {
    const tenant = pickTenant(drawn);
    const habit = habitOf(habits, { tenant, sized: pickSize(drawn), chance, drawn, options });
    const { kind } = habit;
    const runMs = kind.medianMs * logNormal(drawn, { median: 1, spread: 0.5 }) * tail(drawn);
    const id = `g-${String(index + 1).padStart(7, "0")}`;
    return { id, tenant, submittedMs, kind, runMs, estimateMs: kind.medianMs * habit.error };
  });

  const capacityMs = cards.reduce((sum, one) => sum + one.cards, 0) * days * dayMs;
  const stretch = stretchTo(options.load * capacityMs, { jobs: wanted, cards });
  const jobs = wanted.map((one) => tracedJob(one, { stretch, timeZone }));
  return toWorkload({ jobs, impossible: [] }, { name: `${options.fleet.name}, seed ${seed}` });
}

const dayMs = 86_400_000;

/** A job before it is stretched to the load. */
interface Wanted {
  readonly id: string;
  readonly tenant: string;
  readonly submittedMs: number;
  readonly kind: Kind;
  readonly runMs: number;
  readonly estimateMs: number;
}

/** A size, and the kinds of work of that size. */
interface Sized {
  readonly size: Size;
  readonly kinds: readonly Kind[];
}

function sizePicker(
  chance: Random,
  { options, cards }: { options: GeneratorOptions; cards: readonly CardsOf[] },
) {
  const { kinds = 300, fleet } = options;
  const most = cards.reduce((sum, { poolMost }) => Math.max(sum, poolMost), 0);
  const hasParts = cards.some(({ slice }) => slice < 1000);
  const sizes = sizesWithin(most, hasParts);
  const places = [...new Set(fleet.pools.map(({ place }) => place))].toSorted();
  const data = dataSets(chance.fork("data"), { count: 20 + Math.ceil(kinds / 10), places });
  // Rare sizes have more kinds than their jobs alone would give them, and common ones fewer.
  const roots = sizes.map(({ weight }) => Math.sqrt(weight));
  const sum = roots.reduce((a, b) => a + b, 0);
  const sized = sizes.map((size, index): Sized => {
    const count = Math.max(1, Math.round((kinds * roots[index]!) / sum));
    const own = chance.fork(`size ${size.cards} ${size.isPart}`);
    return { size, kinds: kindsOf(own, { size, count, cards, data }) };
  });
  return picker(
    sized,
    sizes.map(({ weight }) => weight),
  );
}

/** One of a tenant's own kinds of work, and by what factor it declares that kind wrong. */
interface Habit {
  readonly kind: Kind;
  readonly error: number;
}

/** How many kinds of a size a tenant has. */
const kindsEach = 2;

/** What a tenant does depends on the seed and its name alone, not on who came before it. */
function habitOf(
  known: Map<string, Habit>,
  by: { tenant: string; sized: Sized; chance: Random; drawn: Random; options: GeneratorOptions },
): Habit {
  const { size, kinds } = by.sized;
  const name = `${by.tenant} ${size.cards} ${size.isPart} ${by.drawn.below(kindsEach)}`;
  const before = known.get(name);
  if (before) return before;
  const own = by.chance.fork(name);
  const error = factorWithin(own, by.options.estimateError ?? 2);
  const habit = { kind: kinds[own.below(kinds.length)]!, error };
  known.set(name, habit);
  return habit;
}

/** One job in fifteen takes longer than its kind does, now and then very much so. */
const tail = (chance: Random): number =>
  chance.uniform() < 1 / 15 ? Math.min(200, pareto(chance, { least: 1.5, shape: 1.3 })) : 1;

function tracedJob(
  { id, tenant, submittedMs, kind, runMs, estimateMs }: Wanted,
  by: { stretch: (ms: number) => number; timeZone: string },
): TracedJob {
  const { medianMs, hasDeadline, ...asked } = kind;
  const estimate = by.stretch(estimateMs);
  const slowest = Math.min(...kind.models.map(({ speed }) => speed));
  // One limit for all runs of a kind, but for those that take far longer.
  const longestMs = Math.max(by.stretch(runMs), 3 * by.stretch(medianMs)) / slowest;
  const leastMs = submittedMs + (3 * Math.max(by.stretch(runMs), estimate)) / slowest;
  return {
    ...plainJob,
    ...asked,
    id,
    tenant,
    submittedMs,
    runMs: by.stretch(runMs),
    estimateMs: estimate,
    limitMs: usualLimitMs(longestMs) * slowest,
    deadlineMs: hasDeadline ? nextMorning(leastMs, by.timeZone) : null,
  };
}

/** The next eight o'clock, when somebody wants to see it. */
function nextMorning(atMs: number, timeZone: string): number {
  const at = Temporal.Instant.fromEpochMilliseconds(Math.ceil(atMs)).toZonedDateTimeISO(timeZone);
  const today = at.toPlainDate().toZonedDateTime({ timeZone, plainTime: "08:00" });
  const isPast = Temporal.ZonedDateTime.compare(today, at) < 0;
  return (isPast ? today.add({ days: 1 }) : today).epochMilliseconds;
}

const tenantName = (index: number) => `tenant-${String(index + 1).padStart(4, "0")}`;
