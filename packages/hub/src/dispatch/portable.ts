import { priceSchedule, type PriceSchedule } from "@wadi/core/capacity";
import type { PoolNow, Snapshot } from "@wadi/core/dispatch";

/** A snapshot that goes from thread to thread: instants and dates, which cannot, are texts. */
export interface PortableSnapshot extends Omit<Snapshot, "pools"> {
  readonly pools: readonly PortablePool[];
}

interface PortablePool extends Omit<PoolNow, "prices"> {
  readonly prices: {
    readonly timeZone: string;
    readonly periods: readonly {
      readonly from: string | null;
      readonly to: string | null;
      readonly rules: PriceSchedule["periods"][number]["rules"];
    }[];
    readonly specialDates: readonly { readonly date: string; readonly as: DayOf }[];
  };
}
type DayOf = PriceSchedule["specialDates"][number]["as"];

export const portable = (snapshot: Snapshot): PortableSnapshot => ({
  ...snapshot,
  pools: snapshot.pools.map(({ prices: { timeZone, periods, specialDates }, ...pool }) => ({
    ...pool,
    prices: {
      timeZone,
      periods: periods.map(({ from, to, rules }) => ({
        from: from?.toString() ?? null,
        to: to?.toString() ?? null,
        rules,
      })),
      specialDates: specialDates.map(({ date, as }) => ({ date: date.toString(), as })),
    },
  })),
});

/** The same snapshot again. */
export const arrived = (carried: PortableSnapshot): Snapshot => ({
  ...carried,
  pools: carried.pools.map((pool) => ({ ...pool, prices: scheduleOf(pool.prices) })),
});

function scheduleOf({ timeZone, periods, specialDates }: PortablePool["prices"]): PriceSchedule {
  const instantOf = (text: string | null) => (text === null ? null : Temporal.Instant.from(text));
  const laidOut = priceSchedule({
    timeZone,
    periods: periods.map(({ from, to, rules }) => ({
      from: instantOf(from),
      to: instantOf(to),
      rules,
    })),
    specialDates: specialDates.map(({ date, as }) => ({ date: Temporal.PlainDate.from(date), as })),
  });
  if (laidOut.kind === "refused") throw new Error(laidOut.problems[0]?.message);
  return laidOut.value;
}
