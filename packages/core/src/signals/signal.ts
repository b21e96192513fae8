import { signalKinds, type Control, type SignalKind } from "../vouchers/index.ts";

/**
 * Something that a person should look at. It is never a reason to refuse: honest cases look like
 * this as well.
 */
export interface Signal {
  readonly code: SignalKind;
  /** Whom and what it concerns, such as `claim/…` or `applicant/…`; sorted. */
  readonly subjects: readonly string[];
  /** What was compared, each as it was recorded; enough to check it by hand. */
  readonly evidence: readonly Evidence[];
  readonly sentence: { readonly en: string; readonly zh: string };
}

export interface Evidence {
  readonly subject: string;
  /** Such as "unit price" or "bank account". */
  readonly what: string;
  readonly value: string;
}

/** From where on something is a signal; thresholds that a programme sets go before the usual. */
export interface SignalLimits {
  /** A price so much above the median, in thousandths of it: 300 is 30 % above. */
  readonly aboveMedian: number;
  /** Days that the median looks back. */
  readonly medianDays: number;
  /** Fewer other prices than this make no median. */
  readonly pricesLeast: number;
  /** Busy less than this share of the paid time, in thousandths. */
  readonly busyLeast: number;
  /** Less paid time than this is not looked at. */
  readonly paidHoursLeast: number;
  /** Paid twice for so many seconds at least: clocks of two hosts are never quite equal. */
  readonly overlapSecondsLeast: number;
  /** A contract so close under a bound, in thousandths of it, is just under it. */
  readonly underBound: number;
  /** So many of them by one applicant … */
  readonly splitLeast: number;
  /** … signed within so many days. */
  readonly splitDays: number;
  /** So many applicants with one bank account, phone or address. */
  readonly sharedLeast: number;
  /** So large a share of an applicant's redemptions between 0 and 5 o'clock, in thousandths … */
  readonly atNight: number;
  /** … of so many redemptions at least. */
  readonly redemptionsLeast: number;
}

export const usualLimits: SignalLimits = {
  aboveMedian: 300,
  medianDays: 90,
  pricesLeast: 5,
  busyLeast: 20,
  paidHoursLeast: 24,
  overlapSecondsLeast: 60,
  underBound: 50,
  splitLeast: 2,
  splitDays: 90,
  sharedLeast: 2,
  atNight: 500,
  redemptionsLeast: 10,
};

/** The usual limits with a programme's own thresholds in them. */
export function limitsOf({ signals }: Pick<Control, "signals">): SignalLimits {
  const own = signals.map(({ signal, threshold }) => {
    const perMille = Number(threshold) / 1000;
    switch (signal) {
      case "price-above-median":
        return { aboveMedian: perMille };
      case "idle-paid-hours":
        return { busyLeast: perMille };
      case "contract-splitting":
        return { underBound: perMille };
      case "shared-contact":
        return { sharedLeast: Number(threshold) };
      case "odd-hours":
        return { atNight: perMille };
      case "serial-number-twice":
      case "evidence-twice":
        return {}; // twice is twice
    }
  });
  return Object.assign({ ...usualLimits }, ...own) as SignalLimits;
}

/** Sorted by code, then by subjects: the same findings give the same list. */
export const inOrder = (signals: readonly Signal[]): Signal[] =>
  signals.toSorted((a, b) => compare(keyOf(a), keyOf(b)));

const keyOf = ({ code, subjects }: Signal) =>
  `${String(codes.indexOf(code)).padStart(2, "0")} ${subjects.join(" ")}`;
const codes = Object.keys(signalKinds);
export const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
