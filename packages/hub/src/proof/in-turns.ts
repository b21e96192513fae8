import { setImmediate } from "node:timers/promises";

/** So long at a time the hub does nothing else than making a bundle. */
const stretchMs = 5;
/** What is read at once: so many records are decoded without a pause. */
const pageSize = 500;

/** Lets the hub go on with other work, once it has been kept from it for long enough. */
export type Pause = () => Promise<void>;

export function openPause(): Pause {
  let begunMs = performance.now();
  return async () => {
    if (performance.now() - begunMs < stretchMs) return;
    await setImmediate();
    begunMs = performance.now();
  };
}

/** `map`, with pauses. */
export async function inTurns<T, R>(items: Iterable<T>, make: (item: T) => R): Promise<R[]> {
  const pause = openPause();
  const made: R[] = [];
  for (const item of items) {
    made.push(make(item));
    await pause();
  }
  return made;
}

/** What is read of many, a page of them after the other, all together. */
export async function inPages<T, R>(
  items: readonly T[],
  read: (page: readonly T[]) => Promise<readonly R[]>,
): Promise<R[]> {
  const all: R[] = [];
  for (let at = 0; at < items.length; at += pageSize) {
    all.push(...(await read(items.slice(at, at + pageSize))));
  }
  return all;
}
