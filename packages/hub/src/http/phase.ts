/** Where the server stands between its start and its end, and how many requests it is answering. */
export interface Phase {
  /** Whether balancers should send requests here. */
  isReady: boolean;
  /** Aborts when no new requests are taken and held ones end. */
  readonly stopping: AbortController;
  /** A request is being answered. @returns what to call when its last byte has gone out */
  enter(): () => void;
  /** Resolves when nothing is being answered. */
  idle(): Promise<void>;
}

export function makePhase(): Phase {
  let underWay = 0;
  let tell = () => {};
  return {
    isReady: true,
    stopping: new AbortController(),
    enter: () => {
      underWay += 1;
      return () => {
        underWay -= 1;
        if (underWay === 0) tell();
      };
    },
    idle: () => {
      if (underWay === 0) return Promise.resolve();
      return new Promise((resolve) => {
        tell = resolve;
      });
    },
  };
}
