import {
  centre,
  pool,
  priceSchedule as laidOut,
  type Centre,
  type Checked,
  type Pool,
  type PriceSchedule,
  type Problem,
} from "@wadi/core/capacity";
import type { CentreId } from "@wadi/core/units";
import { priceSchedule, type centreSpec, type FieldProblem } from "@wadi/protocol";
import { z } from "zod";

/** A centre as its operator describes it, decoded. */
export type CentreSpec = z.output<typeof centreSpec>;
type PoolSpec = CentreSpec["pools"][number];

/** What dispatch works with of one centre. */
export interface CentreParts {
  readonly centre: Centre;
  readonly pools: readonly Pool[];
}

/** @returns the domain's values, or every wrong field of the spec at once */
export function partsOf(
  id: CentreId,
  spec: CentreSpec,
): CentreParts | { readonly problems: readonly FieldProblem[] } {
  const { pools: poolSpecs, provider, ...rest } = spec;
  const checkedCentre = centre({ ...rest, id, providerId: provider });
  const checkedPools = poolSpecs.map((one) => poolOf(id, one));
  const problems = [
    ...fieldsOf("", problemsOf(checkedCentre)),
    ...checkedPools.flatMap((one, i) => fieldsOf(`/pools/${i}`, problemsOf(one))),
    ...repeated(spec),
  ];
  if (problems.length > 0) return { problems };
  const pools = checkedPools.flatMap((one) => (one.kind === "ok" ? [one.value] : []));
  if (checkedCentre.kind !== "ok") throw new Error("a refused centre had no problem");
  return { centre: checkedCentre.value, pools };
}

/** A price schedule as it travels and is stored. */
export const priceScheduleJson = ({ timeZone, periods, specialDates }: PriceSchedule): unknown =>
  z.encode(priceSchedule, {
    timeZone,
    periods: periods.map(({ from, to, rules }) => ({
      from,
      to,
      rules: rules.map((rule) => ({ ...rule, days: [...rule.days] })),
    })),
    specialDates: [...specialDates],
  });

/** @throws Error for what `priceScheduleJson` did not make */
export function priceScheduleOf(json: unknown): PriceSchedule {
  const schedule = laidOut(z.decode(priceSchedule, json as z.input<typeof priceSchedule>));
  if (schedule.kind === "ok") return schedule.value;
  const [first] = schedule.problems;
  throw new Error(`a stored price schedule is wrong: ${first?.path} ${first?.message}`);
}

function poolOf(centreId: CentreId, spec: PoolSpec): Checked<Pool> {
  const { emulated, hosts, prices, ...rest } = spec;
  const schedule = laidOut(prices);
  if (schedule.kind === "refused") {
    const problems = schedule.problems.map(({ path, message }) => ({
      path: `prices.${path}`,
      message,
    }));
    return { kind: "refused", problems };
  }
  return pool({
    ...rest,
    centreId,
    prices: schedule.value,
    interconnect: null,
    hosts: hosts.map((host) => ({ ...host, cardMemory: null, emulated })),
  });
}

const problemsOf = (one: Checked<unknown>): readonly Problem[] =>
  one.kind === "refused" ? one.problems : [];

/** What one pool cannot see: ids that another one has. Capacity is given per pool. */
function repeated({ pools }: CentreSpec): FieldProblem[] {
  const seen = new Map<string, string>();
  const problems: FieldProblem[] = [];
  const look = (kind: "pool" | "host", id: string, pointer: string) => {
    const first = seen.get(`${kind} ${id}`) ?? pointer;
    seen.set(`${kind} ${id}`, first);
    if (first === pointer) return;
    const detail = `"${id}" is taken by ${first}; give each ${kind} its own id`;
    problems.push({ pointer, in: "body", detail });
  };
  for (const [i, { id, hosts }] of pools.entries()) {
    look("pool", id, `/pools/${i}/id`);
    const own = new Set<string>();
    for (const [j, host] of hosts.entries()) {
      if (!own.has(host.id)) look("host", host.id, `/pools/${i}/hosts/${j}/id`);
      own.add(host.id); // twice in one pool is core's to tell
    }
  }
  return problems;
}

/** Core's `hosts[2].cards` as the JSON pointer `/hosts/2/cards`; the wire has the same names. */
function fieldsOf(below: string, problems: readonly Problem[]): FieldProblem[] {
  return problems.map(({ path, message }) => {
    const steps = path.replaceAll(/\[(\d+)\]/g, ".$1").replace("providerId", "provider");
    return { pointer: `${below}/${steps.replaceAll(".", "/")}`, in: "body", detail: message };
  });
}
