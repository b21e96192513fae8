import { formatYuan, microYuan } from "../units/index.ts";
import type { ChargeFact, Facts, PostingFact, ReadingFact, RunFact } from "./facts.ts";
import { isCharged, isFinalJob, isFinalRun } from "./state.ts";

/** What holds of meter readings, charges and the money set aside for jobs. */
export const chargeLaws = {
  "a run is metered once, when it ends": ({ runs, charges }) => {
    const counts = new Map<string, number>();
    for (const { run } of charges) counts.set(run, (counts.get(run) ?? 0) + 1);
    return runs
      .filter(({ id, state }) => (counts.get(id) ?? 0) !== (isFinalRun(state) ? 1 : 0))
      .map(({ id, state }) => `run ${id} is ${state} and has ${counts.get(id) ?? 0} charges`);
  },

  "a centre's loss is not charged": ({ runs, charges }) => {
    const byId = new Map(runs.map((run) => [run.id, run]));
    return charges
      .filter(({ run, cash, voucher }) => isLoss(byId.get(run)) && cash + voucher > 0n)
      .map((charge) => `run ${charge.run} ${byId.get(charge.run)?.state}: ${show(sum(charge))}`);
  },

  "a charge is posted once and in full": ({ charges, postings }) => {
    const byRun = Map.groupBy(postings, ({ run }) => run);
    const known = new Set(charges.map(({ run }) => run));
    const strays = [...byRun.keys()].filter((run) => !known.has(run));
    return [
      ...strays.map((run) => `run ${run} has transfers and no charge`),
      ...charges.flatMap((charge) => wrongPostings(charge, byRun.get(charge.run) ?? [])),
    ];
  },

  "a charge is at most what was set aside": ({ charges }) =>
    charges
      .filter(({ cash, voucher, shareCash, shareVoucher }) => {
        return cash > shareCash || voucher > shareVoucher;
      })
      .map(({ run, cash, voucher, shareCash, shareVoucher }) => {
        const aside = `${show(shareCash)} cash and ${show(shareVoucher)} voucher`;
        return `run ${run}: ${show(cash)} and ${show(voucher)} out of ${aside}`;
      }),

  "a job is charged what its runs are": ({ jobs, charges }) => {
    const byJob = sums(charges, ({ job }) => job, sum);
    return jobs
      .filter(({ id, charged }) => charged !== (byJob.get(id) ?? 0n))
      .map(({ id, charged }) => `job ${id}: ${show(charged)}, its runs ${show(byJob.get(id))}`);
  },

  "each moment is metered once": ({ readings, charges }) => {
    const byRun = Map.groupBy(readings, ({ run }) => run);
    const held = new Map(charges.map(({ run, heldMs }) => [run, heldMs]));
    return [...byRun].flatMap(([run, all]) => wrongReadings(run, all, held.get(run)));
  },

  "a hold has left what its jobs may still cost": ({ jobs, holds }) => {
    const left = sums(
      holds,
      ({ submission, of }) => `${submission} ${of}`,
      ({ remaining }) => remaining,
    );
    const parts = jobs.flatMap(({ submission, cash, voucher }) => [
      { hold: `${submission} cash`, amount: cash },
      { hold: `${submission} voucher`, amount: voucher },
    ]);
    const wanted = sums(
      parts,
      ({ hold }) => hold,
      ({ amount }) => amount,
    );
    return [...new Set([...left.keys(), ...wanted.keys()])]
      .filter((hold) => (left.get(hold) ?? 0n) !== (wanted.get(hold) ?? 0n))
      .map((hold) => `${hold}: ${show(left.get(hold))}, its jobs ${show(wanted.get(hold))}`);
  },

  "nothing is held for a job that is over": ({ jobs }) =>
    jobs
      .filter(({ state, cash, voucher }) => isFinalJob(state) && cash + voucher > 0n)
      .map((job) => `job ${job.id} ${job.state}: ${show(sum(job))}`),
} as const satisfies Record<string, (facts: Facts) => string[]>;

function wrongPostings(charge: ChargeFact, postings: readonly PostingFact[]): string[] {
  const right = {
    cash: charge.cash,
    fee: charge.fee,
    subsidy: charge.voucher,
    redeem: charge.voucher,
  };
  const found = new Map(postings.map((posting) => [posting.kind, posting]));
  return Object.entries(right).flatMap(([kind, amount]) => {
    const posted = found.get(kind as PostingFact["kind"]);
    const count = amount > 0n ? 1 : 0;
    if ((posted?.count ?? 0) === count && (posted?.amount ?? 0n) === amount) return [];
    const did = `${posted?.count ?? 0} transfers of ${show(posted?.amount)} in all`;
    return [`run ${charge.run} is charged ${show(amount)} of ${kind}; there are ${did}`];
  });
}

/** Readings follow one another; what they cover, to the begun millisecond, is what is charged. */
function wrongReadings(
  run: string,
  readings: readonly ReadingFact[],
  chargedMs: number | undefined,
): string[] {
  const inOrder = readings.toSorted((a, b) => a.number - b.number);
  const overlapping = inOrder.filter((one, i) => i > 0 && one.fromMs < inOrder[i - 1]!.toMs);
  const coveredMs = readings.reduce((ms, { fromMs, toMs }) => ms + toMs - fromMs, 0);
  const isSame = chargedMs === undefined || Math.abs(chargedMs - coveredMs) < 1;
  return [
    ...overlapping.map(({ number }) => `run ${run}: reading ${number} begins before the last ends`),
    ...(isSame ? [] : [`run ${run}: ${coveredMs} ms were read, ${chargedMs} ms are charged`]),
  ];
}

const isLoss = (run: RunFact | undefined) =>
  run !== undefined && isFinalRun(run.state) && !isCharged[run.state];

const sum = ({ cash, voucher }: { cash: bigint; voucher: bigint }) => cash + voucher;

function sums<T, K>(all: readonly T[], key: (one: T) => K, amount: (one: T) => bigint) {
  const found = new Map<K, bigint>();
  for (const one of all) found.set(key(one), (found.get(key(one)) ?? 0n) + amount(one));
  return found;
}

const show = (amount: bigint | undefined) => formatYuan(microYuan(amount ?? 0n));
