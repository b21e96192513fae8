/** Yes, no, or the names of what must be known to say so: at least one, each once, by name. */
export type Truth = boolean | readonly string[];

export const isUnknown = (truth: Truth): truth is readonly string[] => typeof truth !== "boolean";

export function allOf(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  const names = namesOf(truths);
  return names.length === 0 || names;
}

export function anyOf(truths: readonly Truth[]): Truth {
  if (truths.includes(true)) return true;
  const names = namesOf(truths);
  return names.length === 0 ? false : names;
}

export const negate = (truth: Truth): Truth => (isUnknown(truth) ? truth : !truth);

const namesOf = (truths: readonly Truth[]) =>
  [...new Set(truths.flatMap((truth) => (isUnknown(truth) ? truth : [])))].toSorted();
