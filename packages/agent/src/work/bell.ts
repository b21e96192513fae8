/** Wakes whoever waits; a ring that nobody waited for is not lost. */
export interface Bell {
  ring(): void;
  /** Resolves at the next ring, or at once when it rang since the last one was heard. */
  heard(): Promise<void>;
}

export function makeBell(): Bell {
  let next = Promise.withResolvers<void>();
  return {
    ring: () => next.resolve(),
    heard: async () => {
      const { promise } = next;
      await promise;
      if (promise === next.promise) next = Promise.withResolvers<void>();
    },
  };
}
