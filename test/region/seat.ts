import type { TestProcess } from "./processes.ts";

/** A place in the region where one program runs, is killed, and is started again. */
export interface Seat {
  readonly name: string;
  /** Starts the program where none runs. Resolves when it is ready to work. @throws when it ends */
  start(): Promise<void>;
  /** kill -9. Resolves when it is gone. */
  kill(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** Asks it to end, by SIGTERM unless told otherwise. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Undefined while none runs. */
  pid(): number | undefined;
}

export function openSeat(
  name: string,
  program: {
    start: () => TestProcess;
    /** Resolves when it works; to be given up when the process ends. */
    ready: (process: TestProcess) => Promise<void>;
  },
): Seat {
  let sitting: TestProcess | undefined;
  let starting: Promise<void> | undefined;
  const isThere = () => sitting?.isAlive() === true;

  async function start(): Promise<void> {
    sitting = program.start();
    await program.ready(sitting);
  }

  return {
    name,
    pid: () => (isThere() ? sitting?.pid : undefined),
    start: () => {
      if (!isThere()) starting = start();
      return starting ?? Promise.resolve();
    },
    kill: async () => {
      sitting?.signal("SIGKILL");
      await sitting?.ended;
    },
    freeze: () => sitting?.signal("SIGSTOP"),
    thaw: () => sitting?.signal("SIGCONT"),
    stop: async (signal) => {
      await sitting?.stop(signal);
    },
  };
}

/** Rejects when the process ends: whoever waits for something of it waits in vain. */
export const endsInstead = (process: TestProcess): Promise<never> =>
  process.ended.then((how) => {
    throw new Error(`${process.name} ended with ${how}`);
  });
