import { isAlias, isMap, isScalar, isSeq, type Document, type Node } from "yaml";

export interface FoundPart {
  /** The nearest name on the way. */
  readonly key: Node | undefined;
  /** The part, or the nearest that there is. */
  readonly part: Node | null;
  readonly isThere: boolean;
}

/** The part of a document that stands at the end of these steps, or how far they lead. */
export function findPart(parsed: Document, steps: readonly string[]): FoundPart {
  let key: Node | undefined;
  let part: Node | null = parsed.contents;
  for (const step of steps) {
    if (isAlias(part)) part = part.resolve(parsed) ?? null;
    if (isMap(part)) {
      const pair = part.items.find((one) => isScalar(one.key) && String(one.key.value) === step);
      if (!pair) return { key, part, isThere: false };
      key = pair.key as Node;
      part = pair.value as Node | null;
    } else if (isSeq(part)) {
      const item = part.items[Number(step)] as Node | undefined;
      if (!item) return { key, part, isThere: false };
      key = undefined;
      part = item;
    } else return { key, part, isThere: false };
  }
  return { key, part, isThere: true };
}
