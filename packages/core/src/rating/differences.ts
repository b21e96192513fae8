import { microYuan, minus, type MicroYuan } from "../units/index.ts";
import type { RatedMonth } from "./rate.ts";
import { lineKey, type RatedLine } from "./rated-line.ts";

/**
 * How a month's bill changes when it is rated anew: a line for each line that differs, with what it
 * grows by (below zero: falls by). They sum to the difference of the two totals; none when nothing
 * changed. This is what is posted into the period that is open; the closed bill stays as it is.
 */
export function differences(
  before: Pick<RatedMonth, "lines" | "total">,
  after: Pick<RatedMonth, "lines" | "total">,
): { readonly lines: readonly RatedLine[]; readonly total: MicroYuan } {
  const old = new Map(before.lines.map((line) => [lineKey(line), line]));
  const grown = after.lines.flatMap((line) => {
    const was = old.get(lineKey(line));
    old.delete(lineKey(line));
    return changeOf(was, line);
  });
  const gone = [...old.values()].flatMap((line) =>
    changeOf(line, { ...line, ...nothing, sources: [] }),
  );
  return { lines: [...grown, ...gone], total: minus(after.total, before.total) };
}

const nothing = { amount: microYuan(0n), metered: 0n, quantity: 0n };

function changeOf(was: RatedLine | undefined, now: RatedLine): RatedLine[] {
  const { amount, metered, quantity } = was ?? nothing;
  const change = {
    ...now,
    amount: minus(now.amount, amount),
    metered: now.metered - metered,
    quantity: now.quantity - quantity,
  };
  const isSame = change.amount === 0n && change.quantity === 0n && change.metered === 0n;
  return isSame ? [] : [change];
}
