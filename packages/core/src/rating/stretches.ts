import { divide, microYuan, type MicroYuan } from "../units/index.ts";
import type { Agreement } from "./agreement.ts";

/** From one local day up to but not on another. */
export interface Days {
  readonly from: Temporal.PlainDate;
  readonly until: Temporal.PlainDate;
}

/** Days of a month on which one agreement holds. */
export interface Stretch<T> extends Days {
  readonly of: T;
}

/**
 * On which days of a month which agreement holds: on each, the last one that starts on it or
 * before; on none from its end on. In order of time; days without an agreement are left out.
 *
 * @param agreed  in the order in which they were made: a later one goes before from its start on
 */
export function stretchesIn<T extends { readonly agreement: Pick<Agreement, "from" | "until"> }>(
  month: Temporal.PlainYearMonth,
  agreed: readonly T[],
): Stretch<T>[] {
  const first = month.toPlainDate({ day: 1 });
  const end = first.add({ months: 1 });
  const bounds = agreed
    .flatMap(({ agreement: { from, until } }) => [from, until])
    .filter((day) => day !== null && compare(first, day) < 0 && compare(day, end) < 0)
    .sort((a, b) => compare(a!, b!));
  const found: Stretch<T>[] = [];
  let from = first;
  for (const until of [...bounds, end]) {
    const of = holdingOn(from, agreed);
    const last = found.at(-1);
    if (of && last?.of === of && last.until.equals(from)) {
      found[found.length - 1] = { ...last, until: until! };
    } else if (of && compare(from, until!) < 0) {
      found.push({ from, until: until!, of });
    }
    from = until!;
  }
  return found;
}

function holdingOn<T extends { readonly agreement: Pick<Agreement, "from" | "until"> }>(
  day: Temporal.PlainDate,
  agreed: readonly T[],
): T | undefined {
  const last = agreed.findLast(({ agreement: { from } }) => !from || compare(from, day) <= 0);
  const until = last?.agreement.until;
  return until && compare(until, day) <= 0 ? undefined : last;
}

/** With its amounts of a month in proportion to the days of it, down to the micro-yuan. */
export function inProportion(agreement: Agreement, { from, until }: Days): Agreement {
  const held = BigInt(from.until(until, { largestUnit: "day" }).days);
  const all = BigInt(from.daysInMonth);
  const part = (amount: MicroYuan) => microYuan(divide(amount * held, all, "down"));
  const { commitment, minimum, cap } = agreement;
  return {
    ...agreement,
    commitment: commitment && { ...commitment, amount: part(commitment.amount) },
    minimum: minimum === null ? null : part(minimum),
    cap: cap === null ? null : part(cap),
  };
}

const compare = Temporal.PlainDate.compare;
