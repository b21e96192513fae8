/** How many may run, and who waits for a turn, in order. */
interface Gate {
  running: number;
  readonly waiting: (() => void)[];
}

const gates = new WeakMap<object, Gate>();

/**
 * Runs `work` when less than `most` others run on the same database; else it waits its turn. Claims
 * of a thousand clients at once would only wait for one another's counters, on connections that
 * all others of the hub need as well.
 */
export async function fewAtOnce<T>(db: object, most: number, work: () => Promise<T>): Promise<T> {
  let gate = gates.get(db);
  if (!gate) gates.set(db, (gate = { running: 0, waiting: [] }));
  if (gate.running >= most) await new Promise<void>((resolve) => gate.waiting.push(resolve));
  else gate.running += 1;
  try {
    return await work();
  } finally {
    const next = gate.waiting.shift(); // takes the turn over
    if (next) next();
    else gate.running -= 1;
  }
}
