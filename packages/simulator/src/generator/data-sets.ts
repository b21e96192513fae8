import type { PlaceId } from "@wadi/core/units";
import type { TracedData } from "../readers/traced-job.ts";
import { logNormal } from "./chance.ts";
import type { Random } from "./random.ts";

/** Data sets of very unlike sizes, up to 20 TB, each at one to three of the places. */
export function dataSets(
  chance: Random,
  { count, places }: { count: number; places: readonly PlaceId[] },
): TracedData[] {
  return Array.from({ length: count }, (_, index) => {
    const gigabytes = Math.min(20_000, logNormal(chance, { median: 80, spread: 1.5 }));
    const copies = 1 + Math.floor(3 * chance.uniform() ** 2);
    const lies = new Set(
      Array.from({ length: copies }, () => places[chance.below(places.length)]!),
    );
    return {
      name: `data-set-${index + 1}`,
      places: [...lies],
      bytes: BigInt(Math.max(1, Math.round(gigabytes))) * 1_000_000_000n,
    };
  });
}
