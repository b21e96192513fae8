import { slugPattern } from "../units/index.ts";

/** One thing wrong with one field; `path` as in `hosts[2].cards`. */
export interface Problem {
  readonly path: string;
  /** Names the value and the cure. */
  readonly message: string;
}

/** A value that keeps all its rules, or everything that is wrong with it. */
export type Checked<V> =
  | { readonly kind: "ok"; readonly value: V }
  | { readonly kind: "refused"; readonly problems: readonly Problem[] };

/** `make` is called only where there are no problems. */
export const checked = <V>(problems: readonly Problem[], make: () => V): Checked<V> =>
  problems.length === 0 ? { kind: "ok", value: make() } : { kind: "refused", problems };

/** The same problems, their paths below `prefix`. */
export const below = (prefix: string, problems: readonly Problem[]): Problem[] =>
  problems.map(({ path, message }) => ({
    path: path.startsWith("[") || path === "" ? `${prefix}${path}` : `${prefix}.${path}`,
    message,
  }));

export function checkSlug({ path, value }: { path: string; value: string }): Problem[] {
  if (slugPattern.test(value)) return [];
  const rule = "1 to 63 lower-case letters, digits and hyphens, no hyphen at either end";
  return [{ path, message: `"${value}" is not an id; use ${rule}` }];
}

/** Whole, and from `least` to `most`. */
export function checkWhole(field: {
  path: string;
  value: number;
  least: number;
  most: number;
}): Problem[] {
  const { path, value, least, most } = field;
  if (Number.isInteger(value) && value >= least && value <= most) return [];
  return [
    { path, message: `${value} is not allowed; use a whole number from ${least} to ${most}` },
  ];
}

export function checkAmount({ path, value }: { path: string; value: bigint }): Problem[] {
  return value >= 0n ? [] : [{ path, message: `${value} micro-yuan is negative; use 0 or more` }];
}

export function checkText({ path, value }: { path: string; value: string }): Problem[] {
  if (value.trim() !== "" && value.length <= 200) return [];
  return [{ path, message: `"${value}" is not allowed; use 1 to 200 characters, not all blank` }];
}

/** One problem for every id that was there before. */
export function checkUnique(field: {
  ids: readonly string[];
  path: (index: number) => string;
}): Problem[] {
  const first = new Map<string, number>();
  return field.ids.flatMap((id, index) => {
    const before = first.get(id);
    if (before === undefined) {
      first.set(id, index);
      return [];
    }
    const message = `"${id}" is taken by ${field.path(before)}; give each its own`;
    return [{ path: field.path(index), message }];
  });
}
