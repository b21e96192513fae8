/**
 * How far off waits that were told have been lately, as real ÷ told: what is told next is stretched
 * by it. Nothing is assumed of how errors spread; it is the rule of split conformal prediction
 * (Vovk, Gammerman and Shafer, 2005) over a sliding window.
 */
export interface Calibration {
  /** A wait is over that was told, before any stretching. */
  learn(wait: { readonly toldMs: number; readonly realMs: number }): void;
  /** A told wait, stretched to be right half of the time, and nine times out of ten. */
  stretch(toldMs: number): { readonly p50Ms: number; readonly p90Ms: number };
}

/** So many of the last waits are remembered for each length: fewer miss the rare long ones. */
const remembered = 1000;
/** Until so many were seen, waits are told as they are, and half as long again for the P90. */
const least = 12;
/** No wait is told, or learnt from, as shorter than this: rounds have their own pace. */
const shortestMs = 60_000;
/**
 * Waits that last longest are learnt from last: nine in ten of all are more of those that ended.
 */
const mostShare = 0.93;
const unproven = { half: 1, most: 1.5 };

export function openCalibration(): Calibration {
  const lengths = Array.from({ length: 7 }, () => openLength());
  return {
    learn({ toldMs, realMs }) {
      const told = Math.max(shortestMs, toldMs);
      lengths[lengthOf(told)]!.add(Math.max(0, realMs) / told);
    },
    stretch(waitMs) {
      const toldMs = Math.max(shortestMs, waitMs);
      const { half, most } = lengths[lengthOf(toldMs)]!.quantiles();
      return { p50Ms: toldMs * half, p90Ms: toldMs * Math.max(half, most) };
    },
  };
}

/** By minutes, the last without end: short and long waits err each in its own way. */
function lengthOf(waitMs: number): number {
  const minutes = waitMs / 60_000;
  const bounds = [2, 5, 15, 60, 180, 720];
  const place = bounds.findIndex((bound) => minutes < bound);
  return place === -1 ? bounds.length : place;
}

function openLength() {
  const ratios: number[] = [];
  let seen = 0;
  let known = unproven;
  return {
    add(ratio: number) {
      ratios[seen % remembered] = ratio;
      seen += 1;
      if (seen < least || seen % least !== 0) return;
      const sorted = ratios.toSorted((a, b) => a - b);
      const at = (share: number) =>
        sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length))]!;
      known = { half: at(0.5), most: at(mostShare) };
    },
    quantiles: () => known,
  };
}
