/**
 * Group commit: what concurrent callers ask for is done in one go (one transaction, one fsync), and
 * the next batch forms while the former is on its way.
 */

/** The queue of a gatherer is full: the caller is refused at once instead of waiting for long. */
export class TooBusy extends Error {
  override readonly name = "TooBusy";
  readonly retryAfterMs = 1000;
}

export interface GatherOptions<Item, Outcome> {
  /**
   * Does all of these, or none and throws. One outcome per item, in the items' order. A refusal of
   * one item is an outcome; throwing is for what makes the whole batch impossible.
   */
  readonly run: (items: readonly Item[]) => Promise<readonly Outcome[]>;
  /** Items in one batch. */
  readonly itemsMax: number;
  /** Items that may wait for their batch; ten batches when not given. */
  readonly waitingMax?: number;
  /** Whether the error says nothing about the items, so that trying them singly is of no use. */
  readonly isOutage: (error: unknown) => boolean;
}

export interface Gatherer<Item, Outcome> {
  /**
   * The item's own outcome. Items are done in the order of `add`.
   * @throws TooBusy at once, nothing done; or what `run` threw for this very item, or for its whole
   * batch when the database was away
   */
  add(item: Item): Promise<Outcome>;
  /** Resolves once everything added so far is settled. */
  settled(): Promise<void>;
}

interface Waiting<Item, Outcome> {
  readonly item: Item;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

export function gather<Item, Outcome>(
  options: GatherOptions<Item, Outcome>,
): Gatherer<Item, Outcome> {
  const { itemsMax, waitingMax = itemsMax * 10 } = options;
  const waiting: Waiting<Item, Outcome>[] = [];
  let running: Promise<void> | undefined;

  async function drain(): Promise<void> {
    await Promise.resolve(); // whoever calls in the same turn comes along
    while (waiting.length > 0) await settle(waiting.splice(0, itemsMax), options);
    running = undefined;
  }

  return {
    add: (item) => {
      if (waiting.length >= waitingMax) {
        return Promise.reject(new TooBusy(`${waiting.length} requests are waiting already`));
      }
      const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
      waiting.push({ item, resolve, reject });
      running ??= drain();
      return promise;
    },
    settled: async () => {
      await running;
    },
  };
}

/**
 * One batch. When it fails, its halves are tried, down to the single item whose fault it is: one
 * bad item among n costs about 2 log n transactions, and its neighbours nothing.
 */
async function settle<Item, Outcome>(
  batch: readonly Waiting<Item, Outcome>[],
  options: GatherOptions<Item, Outcome>,
): Promise<void> {
  try {
    const outcomes = await options.run(batch.map(({ item }) => item));
    if (outcomes.length !== batch.length) throw wrongCount(outcomes.length, batch.length);
    for (const [i, { resolve }] of batch.entries()) resolve(outcomes[i] as Outcome);
  } catch (error) {
    if (batch.length === 1 || options.isOutage(error) || error instanceof WrongCount) {
      for (const { reject } of batch) reject(error);
      return;
    }
    const half = Math.ceil(batch.length / 2);
    await settle(batch.slice(0, half), options);
    await settle(batch.slice(half), options);
  }
}

/** Not to be tried again: the batch was done, only its answer is no use. */
class WrongCount extends Error {
  override readonly name = "WrongCount";
}

function wrongCount(got: number, wanted: number): WrongCount {
  return new WrongCount(`a batch of ${wanted} items returned ${got} outcomes`);
}
