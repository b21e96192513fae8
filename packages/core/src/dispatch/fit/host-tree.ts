import type { Room } from "./room.ts";

/**
 * Some hosts of a pool, in the order of their index. Finds the first with enough cpu and memory
 * without a look at those that lack them: a binary tree whose inner places hold the most that any
 * host below them has.
 */
export class HostTree {
  readonly #room: Room;
  /** Leaves stand from here on; a power of two. */
  readonly #leaves: number;
  /** Of the host, or the most of those below; -1 where there is none. */
  readonly #cpu: Int32Array;
  readonly #memory: Int32Array;

  constructor(room: Room) {
    this.#room = room;
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(1, room.hosts.length)));
    this.#cpu = new Int32Array(2 * this.#leaves).fill(-1);
    this.#memory = new Int32Array(2 * this.#leaves).fill(-1);
  }

  /** Takes the host in with what it has free now; one that is in is brought up to date. */
  put(host: number): void {
    this.#climb(host, { cpu: this.#room.cpu[host]!, memory: this.#room.memory[host]! });
  }

  /** One that is not in is left as it is. */
  remove(host: number): void {
    this.#climb(host, { cpu: -1, memory: -1 });
  }

  /** The smallest index from `from` on whose host has this much free; -1 when none has. */
  first(need: { cpu: number; memory: number }, from = 0): number {
    const { cpu, memory } = need;
    if (from >= this.#leaves) return -1;
    let at = from === 0 ? 1 : this.#leaves + from;
    for (;;) {
      if (this.#cpu[at]! >= cpu && this.#memory[at]! >= memory) {
        if (at >= this.#leaves) return at - this.#leaves;
        at *= 2;
      } else {
        // On to the next subtree to the right; from the last one that leads above the root.
        while ((at & 1) === 1) at >>= 1;
        if (at === 0) return -1;
        at += 1;
      }
    }
  }

  /** The same among those that are allowed; all are where nothing is said. */
  firstAllowed(
    need: { cpu: number; memory: number },
    allowed: ((host: number) => boolean) | undefined,
  ): number {
    let host = this.first(need);
    if (allowed === undefined) return host;
    while (host >= 0 && !allowed(host)) host = this.first(need, host + 1);
    return host;
  }

  #climb(host: number, now: { cpu: number; memory: number }): void {
    const cpus = this.#cpu;
    const memories = this.#memory;
    let { cpu, memory } = now;
    let at = this.#leaves + host;
    while (at >= 1 && (cpus[at] !== cpu || memories[at] !== memory)) {
      cpus[at] = cpu;
      memories[at] = memory;
      const sister = at ^ 1;
      if (at > 1) {
        cpu = Math.max(cpu, cpus[sister]!);
        memory = Math.max(memory, memories[sister]!);
      }
      at >>= 1;
    }
  }
}
