import { compare, type Signal, type SignalLimits } from "./signal.ts";

/** A card, known by its serial number, that somebody paid for during a time. */
export interface CardHeld {
  readonly subject: string;
  readonly serial: string;
  /** Where it was, such as "centre lakeside of lowland". */
  readonly place: string;
  readonly from: Temporal.Instant;
  readonly to: Temporal.Instant;
}

/**
 * One serial number paid for twice at the same moment: each time is held against the longest of
 * those that began before it, so every card that overlaps is told, though not every pair on it. Of
 * several overlaps of two subjects on one card the first is told. Overlaps so short that clocks of
 * two hosts may differ by them are none.
 */
export function serialsTwice(held: readonly CardHeld[], limits: SignalLimits): Signal[] {
  const leastNs = BigInt(limits.overlapSecondsLeast) * 1_000_000_000n;
  return [...Map.groupBy(held, ({ serial }) => serial)].flatMap(([serial, spans]) => {
    const told = new Set<string>();
    let longest: CardHeld | undefined;
    return spans.toSorted(byStart).flatMap((span) => {
      const before = longest;
      if (!longest || Temporal.Instant.compare(span.to, longest.to) > 0) longest = span;
      if (!before || before.subject === span.subject) return [];
      if (overlapNs(before, span) < leastNs) return [];
      const subjects = [before.subject, span.subject].toSorted(compare);
      if (told.has(subjects.join(" "))) return [];
      told.add(subjects.join(" "));
      return [signalOf(serial, subjects, [before, span])];
    });
  });
}

/** Of a time with one that began no later. */
function overlapNs(before: CardHeld, { from, to }: CardHeld): bigint {
  const end = Temporal.Instant.compare(to, before.to) < 0 ? to : before.to;
  return end.epochNanoseconds - from.epochNanoseconds;
}

function signalOf(serial: string, subjects: string[], spans: readonly CardHeld[]): Signal {
  return {
    code: "serial-number-twice",
    subjects,
    evidence: spans.map(({ subject, place, from, to }) => ({
      subject,
      what: `held card ${serial} at ${place}`,
      value: `${from.toString()}/${to.toString()}`,
    })),
    sentence: {
      en: `card ${serial} was paid for by ${subjects.join(" and ")} at the same time`,
      zh: `序列号为 ${serial} 的卡在同一时间被 ${subjects.join(" 与 ")} 重复计费`,
    },
  };
}

const byStart = (a: CardHeld, b: CardHeld) =>
  Temporal.Instant.compare(a.from, b.from) || compare(a.subject, b.subject);
