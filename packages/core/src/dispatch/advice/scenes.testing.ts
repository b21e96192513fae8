import { priceSchedule, weekdays } from "../../capacity/index.ts";
import { asId, bytes, mebibytes, milliCores, yuan } from "../../units/index.ts";
import type { PlaceId, TenantId } from "../../units/index.ts";
import { aRun, aShape, aWish, noonMs } from "../builders.testing.ts";
import { defaultPolicy, type Policy } from "../policy.ts";
import type { RunNow, TenantNow } from "../snapshot.ts";

/* What the tests of advice and of the report have in common. */

export const hourMs = 3_600_000;
export const acme = asId<TenantId>("acme");

/** So many cards of a host are taken by a run that nobody may stop, for four hours. */
export const busy = (cards: number, differs: Partial<RunNow> = {}): RunNow =>
  aRun({
    tenant: asId("somebody"),
    shape: aShape({ cards: aWish([["h100-sxm", cards]]), memory: mebibytes(0) }),
    need: { cards, share: 1000, cpu: milliCores(0), memory: mebibytes(0) },
    expectedEndMs: noonMs + 4 * hourMs,
    ...differs,
  });

/** 5.5 GB that lie in one place. */
export const dataIn = (place: string) =>
  ({
    kind: "dataset",
    dataset: "text",
    place: asId<PlaceId>(place),
    replicas: [],
    to: "data",
    bytes: bytes(5_500_000_000n),
  }) as const;

/** 10 yuan a card-hour until 14:00, then 4. */
export function cheaperFromTwo() {
  const from = (fromHour: number, toHour: number, price: bigint) => {
    return { days: weekdays, fromHour, toHour, perCardHour: yuan(price) };
  };
  const rules = [from(0, 14, 10n), from(14, 24, 4n)];
  const periods = [{ from: null, to: null, rules }];
  const made = priceSchedule({ timeZone: "Asia/Shanghai", periods, specialDates: [] });
  if (made.kind !== "ok") throw new Error("the schedule is wrong");
  return made.value;
}

/** What is known of acme: three jobs of it have started within the hour. */
export const acmeWith = (cardQuota: number | null): ReadonlyMap<TenantId, TenantNow> =>
  new Map([[acme, { cardQuota, pastCardSeconds: 0, startedLately: 3 }]]);

/** Acme's school has a quota of H100 cards. */
export const organised = (
  quota: { nominal: number; borrow: number | null },
  startsPerHour: number | null,
): Policy => ({
  ...defaultPolicy,
  fairness: {
    ...defaultPolicy.fairness,
    organisations: [
      {
        id: "school",
        parent: null,
        weight: 1,
        tenants: [acme],
        quotas: [{ cards: "h100-sxm", ...quota, lend: null }],
        startsPerHour,
      },
    ],
  },
});
