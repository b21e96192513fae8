import { durationOf, mebibytes, type Duration, type Mebibytes } from "../units/index.ts";

/** A value in sbatch's grammar, or in words what is wrong with it and what would be right. */
export type Value<V> =
  | { readonly kind: "value"; readonly value: V }
  | { readonly kind: "wrong"; readonly message: string };

export const right = <V>(value: V): Value<V> => ({ kind: "value", value });
export const wrong = (message: string): Value<never> => ({ kind: "wrong", message });

/**
 * A time limit. Slurm counts whole minutes and rounds up; so does this. Forms: minutes,
 * minutes:seconds, hours:minutes:seconds, days-hours, days-hours:minutes and
 * days-hours:minutes:seconds. Zero, -1, INFINITE and UNLIMITED are no limit, which Wadi refuses.
 */
export function readTimeLimit(text: string): Value<Duration> {
  const without = /^(-1|infinite|unlimited|0+(:0+)*|0+-0*(:0+)*)$/i;
  if (without.test(text)) {
    return wrong(
      `"${text}" is no limit, and a run must have one; say the longest that it may take`,
    );
  }
  const match =
    /^(\d{1,6})-(?:(\d{1,6})(?::(\d{1,6})(?::(\d{1,6}))?)?)?$/.exec(text) ??
    /^()(\d{1,6}):(\d{1,6}):(\d{1,6})$/.exec(text) ??
    /^()()(\d{1,9})(?::(\d{1,6}))?$/.exec(text);
  if (!match) {
    return wrong(`"${text}" is no time limit; write minutes, H:MM:SS or D-HH:MM:SS`);
  }
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part) => Number(part || 0));
  const whole = Math.ceil((days * 86_400 + hours * 3600 + minutes * 60 + seconds) / 60);
  const most = 366 * 24 * 60;
  if (whole > most) return wrong(`"${text}" is longer than 366 days, the most that a run may take`);
  return right(durationOf(whole * 60_000));
}

/** Memory in MiB, rounded up: a number with K, M, G or T, a B after it or not; M where none is. */
export function readMemory(text: string): Value<Mebibytes> {
  const [, digits, unit = "M"] = /^(\d{1,12})(?:([KMGT])B?)?$/i.exec(text) ?? [];
  const factors: Record<string, number> = { K: 1 / 1024, M: 1, G: 1024, T: 1024 * 1024 };
  if (digits === undefined) {
    return wrong(`"${text}" is no amount of memory; write a whole number with K, M, G or T`);
  }
  return right(mebibytes(Math.ceil(Number(digits) * factors[unit.toUpperCase()]!)));
}

/** A whole number above zero, at most `most`. */
export function readCount(text: string, most: number): Value<number> {
  const count = /^\+?\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= most) return right(count);
  return wrong(`"${text}" is not allowed; write a whole number from 1 to ${most}`);
}

/** Hosts as `least` or `least-most`; K and M stand for 1024 and 1024 × 1024. */
export function readNodes(text: string): Value<{ readonly least: number; readonly most: number }> {
  const match = /^(\d{1,7})([km]?)(?:-(\d{1,7})([km]?))?$/i.exec(text);
  if (!match) return wrong(`"${text}" is no number of hosts; write a whole number such as 2`);
  const scale = (digits: string, unit: string) =>
    Number(digits) * ({ k: 1024, m: 1024 * 1024 }[unit.toLowerCase()] ?? 1);
  const least = scale(match[1]!, match[2]!);
  const most = match[3] === undefined ? least : scale(match[3], match[4]!);
  if (least > most) return wrong(`"${text}" has its larger number first; turn them round`);
  if (least < 1 || least > 10_000) return wrong(`"${text}" is not allowed; use 1 to 10000 hosts`);
  return right({ least, most });
}

/** Some cards of one type; `type` is null where the script leaves it open. */
export interface CardCount {
  readonly type: string | null;
  readonly count: number;
}

/** Cards as the --gpus options say them: `[type:]count`, or a type alone for one; by comma. */
export function readGpus(text: string): Value<readonly CardCount[]> {
  const cards: CardCount[] = [];
  for (const part of text.split(",")) {
    const match = /^(?:([A-Za-z_][\w.-]*|\d+[A-Za-z_][\w.-]*):)?(\d{1,6})$/.exec(part);
    if (match) cards.push({ type: match[1] ?? null, count: Number(match[2]) });
    else if (/^\w[\w.-]*$/.test(part)) cards.push({ type: part, count: 1 });
    else return wrong(`"${part}" is no number of cards; write COUNT or TYPE:COUNT`);
  }
  return right(cards);
}

/** What --gres asks for: the cards, and the names of all that are not cards. */
export interface Gres {
  readonly cards: readonly CardCount[];
  readonly others: readonly string[];
}

/** Generic resources by comma: `[gres:]name[[:type]:count]`. `none` stands for nothing. */
export function readGres(text: string): Value<Gres> {
  if (text.toLowerCase() === "none") return right({ cards: [], others: [] });
  const cards: CardCount[] = [];
  const others: string[] = [];
  for (const part of text.split(",")) {
    const [, name = "", rest] = /^(?:gres[:/])?([^:=]+)(?::(.*))?$/s.exec(part) ?? [];
    if (name !== "gpu") {
      others.push(part);
      continue;
    }
    const read = readGpus(rest ?? "1");
    if (read.kind === "wrong") return wrong(`"${part}" is no resource; write gpu:TYPE:COUNT`);
    cards.push(...read.value);
  }
  return right({ cards, others });
}
