import { formatYuan, microYuan } from "../units/index.ts";

/** Where two values of one shape differ first, and how each side reads there. */
export interface Unlike {
  /** `parts/0/granted`; "" where the values themselves differ. */
  readonly place: string;
  readonly said: string;
  readonly right: string;
}

/** Fields that hold whole numbers of something else than micro-yuan. */
const counts = new Set(["asked", "before", "by", "metered", "quantity", "tier"]);

/** @returns undefined when they are the same in every field of `right` */
export function firstUnlike(said: unknown, right: unknown, place = ""): Unlike | undefined {
  if (Array.isArray(right) && Array.isArray(said)) {
    const both = Math.min(said.length, right.length);
    const unlike = firstOf(right.slice(0, both).keys(), (i) =>
      firstUnlike(said[i], right[i], `${place}/${i}`),
    );
    if (unlike || said.length === right.length) return unlike;
    const [has, should] = [said, right].map(({ length }) =>
      length === 1 ? "1 entry" : `${length} entries`,
    );
    return { place: place.slice(1), said: has!, right: should! };
  }
  if (isRecord(right) && isRecord(said)) {
    return firstOf(Object.keys(right), (key) =>
      firstUnlike(said[key], right[key], `${place}/${key}`),
    );
  }
  return written(said, place) === written(right, place) ? undefined : unlikeAt(place, said, right);
}

const unlikeAt = (place: string, said: unknown, right: unknown): Unlike => ({
  place: place.slice(1),
  said: written(said, place),
  right: written(right, place),
});

function firstOf<T>(all: Iterable<T>, look: (one: T) => Unlike | undefined): Unlike | undefined {
  for (const one of all) {
    const found = look(one);
    if (found) return found;
  }
  return undefined;
}

/** Plain records; days, instants and months are values. */
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

function written(value: unknown, place: string): string {
  if (value === undefined) return "nothing";
  if (typeof value === "bigint") {
    const field = place.slice(place.lastIndexOf("/") + 1);
    return counts.has(field) ? `${value}` : formatYuan(microYuan(value));
  }
  if (isRecord(value) || Array.isArray(value)) return "something else";
  return `${value as string | number | boolean | null | Temporal.PlainDate}`;
}
