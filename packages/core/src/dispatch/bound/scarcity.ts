import { microYuan, type MicroYuan, type PoolId } from "../../units/index.ts";
import type { Scarcity } from "../snapshot.ts";
import type { Compiled } from "./compile.ts";
import { hourMs } from "./windows.ts";

/**
 * What one more card would be worth in a pool in the hour of the clock that `atMs` lies in, beyond
 * what it costs. Nothing in a pool that is not known, before the first hour and after the last one.
 */
export function marginalWorth(
  scarcity: Scarcity,
  { pool, atMs }: { pool: PoolId; atMs: number },
): MicroYuan {
  const hour = Math.floor((atMs - scarcity.fromMs) / hourMs);
  return microYuan(Math.round(scarcity.perCardHour.get(pool)?.[hour] ?? 0));
}

/** The prices of cells by hour of the clock: in an hour with an edge within it, their mean. */
export function scarcityOf(compiled: Compiled, perCardHour: Float64Array): Scarcity {
  const { edgesMs, nowMs } = compiled.problem;
  const fromMs = Math.floor(nowMs / hourMs) * hourMs;
  const hours = Math.ceil((edgesMs.at(-1)! - fromMs) / hourMs);
  const spans = edgesMs.slice(1).map((toMs, i) => ({ fromMs: edgesMs[i]!, toMs }));
  const byPool = new Map<PoolId, readonly number[]>();
  compiled.pools.forEach(({ id }, p) => {
    const sums = new Float64Array(hours);
    const lengths = new Float64Array(hours);
    spans.forEach((span, i) => {
      const price = perCardHour[p * compiled.stride + i]!;
      for (const { hour, length } of hoursOf(span, fromMs)) {
        sums[hour]! += price * length;
        lengths[hour]! += length;
      }
    });
    byPool.set(
      id,
      Array.from(sums, (sum, hour) => Math.round(sum / lengths[hour]!)),
    );
  });
  return { atMs: nowMs, fromMs, perCardHour: byPool };
}

/** The other way round: the prices of another problem's cells, 0 where it knows none. */
export function pricesAt(compiled: Compiled, { fromMs, perCardHour }: Scarcity): Float64Array {
  const { edgesMs } = compiled.problem;
  const prices = new Float64Array(compiled.capacity.length);
  compiled.pools.forEach(({ id }, p) => {
    const known = perCardHour.get(id);
    if (known === undefined) return;
    for (let i = 0; i < compiled.hours; i++) {
      if (compiled.capacity[p * compiled.stride + i] === 0) continue;
      const span = { fromMs: edgesMs[i]!, toMs: edgesMs[i + 1]! };
      let sum = 0;
      for (const { hour, length } of hoursOf(span, fromMs)) sum += (known[hour] ?? 0) * length;
      prices[p * compiled.stride + i] = Math.max(0, (sum * hourMs) / (span.toMs - span.fromMs));
    }
  });
  return prices;
}

/** The hours, counted from `fromMs`, that a span touches, and how much of each it covers. */
function* hoursOf(
  span: { fromMs: number; toMs: number },
  fromMs: number,
): Generator<{ hour: number; length: number }> {
  for (let at = span.fromMs; at < span.toMs;) {
    const hour = Math.floor((at - fromMs) / hourMs);
    const next = Math.min(span.toMs, fromMs + (hour + 1) * hourMs);
    yield { hour, length: (next - at) / hourMs };
    at = next;
  }
}
