/**
 * A whole number of some unit. The unit lives in the type only: at run time it is a plain bigint,
 * so sums are exact and a mix of units does not compile.
 */
export type Quantity<U extends string> = bigint & { readonly __unit: U };

/** The sum keeps its unit; adding card-seconds to money does not compile. */
export const plus = <U extends string>(a: Quantity<U>, b: Quantity<NoInfer<U>>) =>
  (a + b) as Quantity<U>;

/** `a − b`; the difference may be negative. */
export const minus = <U extends string>(a: Quantity<U>, b: Quantity<NoInfer<U>>) =>
  (a - b) as Quantity<U>;

/** `quantity × factor`, exact. */
export const times = <U extends string>(quantity: Quantity<U>, factor: bigint | number) =>
  (quantity * BigInt(factor)) as Quantity<U>;

/** The smaller of two. */
export const least = <U extends string>(a: Quantity<U>, b: Quantity<NoInfer<U>>) => (a < b ? a : b);

/** The larger of two. */
export const greatest = <U extends string>(a: Quantity<U>, b: Quantity<NoInfer<U>>) =>
  a > b ? a : b;

/** The sum of all; zero of none. */
export const total = <U extends string>(quantities: Iterable<Quantity<U>>) => {
  let sum = 0n;
  for (const quantity of quantities) sum += quantity;
  return sum as Quantity<U>;
};

/** Orders smallest first, for `sort`. */
export const ascending = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);
