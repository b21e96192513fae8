import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** Work in a thread of its own: for what takes seconds, since rounds and requests must not wait. */
export interface Thread<Q, A> {
  /**
   * One question after the other.
   * @throws Error when the thread failed or was closed; the next question begins another thread
   */
  ask(question: Q): Promise<A>;
  /** Ends it now: a question under way fails, the next one begins another thread. */
  end(): Promise<void>;
  close(): Promise<void>;
}

export interface ThreadOptions {
  /** What the thread finds as its `workerData`. */
  readonly data?: unknown;
  /** Unasked for so long it is ended, and begun anew at the next question. Default: never. */
  readonly idleMs?: number;
}

/** @param main  what answers each message with one; loaded at the first question */
export function openThread<Q, A>(
  main: URL,
  name: string,
  { data, idleMs }: ThreadOptions = {},
): Thread<Q, A> {
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  async function askNow(question: Q): Promise<A> {
    if (isClosed) throw new Error(`the thread "${name}" is closed`);
    clearTimeout(idle);
    worker ??= begin(main, name, data);
    const own = worker;
    const answered = new AbortController();
    const { signal } = answered;
    const answer = Promise.race([
      once(own, "message", { signal }) as Promise<[A]>, // rejects when the thread fails
      once(own, "exit", { signal }).then((): never => {
        throw new Error(`the thread "${name}" has ended`);
      }),
    ]);
    try {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has none
      own.postMessage(question);
      return (await answer)[0];
    } catch (error) {
      worker = undefined;
      await own.terminate();
      throw error;
    } finally {
      answered.abort();
      if (idleMs !== undefined) idle = setTimeout(() => void end(), idleMs).unref();
    }
  }

  async function end(): Promise<void> {
    clearTimeout(idle);
    const ending = worker;
    worker = undefined;
    await ending?.terminate();
  }

  return {
    ask(question) {
      const asked = last.then(() => askNow(question));
      last = asked.catch(() => undefined);
      return asked;
    },
    end,
    close() {
      isClosed = true;
      return end();
    },
  };
}

function begin(main: URL, name: string, data: unknown): Worker {
  const worker = new Worker(main, { name, workerData: data });
  worker.unref();
  return worker;
}
