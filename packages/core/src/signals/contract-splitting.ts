import { formatYuan, microYuan, total, type MicroYuan } from "../units/index.ts";
import { compare, type Signal, type SignalLimits } from "./signal.ts";

export interface Contract {
  readonly subject: string;
  readonly applicant: string;
  readonly supplier: string;
  readonly total: MicroYuan;
  readonly signedOn: Temporal.PlainDate;
}

/** A floor or a cap that a contract could be cut to stay under. */
export interface Bound {
  readonly code: string;
  readonly amount: MicroYuan;
}

/**
 * Contracts of one applicant with one supplier, signed within some days, each just under the same
 * bound and together above it.
 */
export function splitContracts(
  contracts: readonly Contract[],
  { bounds, limits }: { bounds: readonly Bound[]; limits: SignalLimits },
): Signal[] {
  const pairs = Map.groupBy(contracts, ({ applicant, supplier }) => `${applicant} ${supplier}`);
  return [...pairs.values()].flatMap((own) =>
    bounds.flatMap((bound) => {
      const least = (bound.amount * BigInt(1000 - limits.underBound)) / 1000n;
      const under = own
        .filter((one) => one.total < bound.amount && one.total >= least)
        .toSorted(bySigning);
      return groupsWithin(under, limits.splitDays)
        .filter((group) => group.length >= limits.splitLeast)
        .map((group) => signalOf(group, bound));
    }),
  );
}

/** Runs of contracts, each signed within the days after the first of its run. */
function groupsWithin(contracts: readonly Contract[], days: number): Contract[][] {
  const groups: Contract[][] = [];
  for (const contract of contracts) {
    const group = groups.at(-1);
    const last = group?.[0]?.signedOn.add({ days });
    const isNear = last && Temporal.PlainDate.compare(contract.signedOn, last) <= 0;
    if (group && isNear) group.push(contract);
    else groups.push([contract]);
  }
  return groups;
}

function signalOf(group: readonly Contract[], bound: Bound): Signal {
  const [{ applicant, supplier }] = group as [Contract];
  const sum = formatYuan(microYuan(total(group.map((one) => one.total))));
  const amount = formatYuan(bound.amount);
  const names = group.map(({ subject }) => subject).toSorted(compare);
  return {
    code: "contract-splitting",
    subjects: names,
    evidence: group.map((one) => ({
      subject: one.subject,
      what: `total, signed ${one.signedOn.toString()}`,
      value: formatYuan(one.total),
    })),
    sentence: {
      en:
        `${group.length} contracts of ${applicant} with ${supplier} stand just under ` +
        `${bound.code} (${amount} yuan) and come to ${sum} together`,
      zh:
        `${applicant} 与 ${supplier} 的 ${group.length} 份合同均略低于 ${bound.code}` +
        `（${amount} 元），合计 ${sum} 元`,
    },
  };
}

const bySigning = (a: Contract, b: Contract) =>
  Temporal.PlainDate.compare(a.signedOn, b.signedOn) || compare(a.subject, b.subject);
