import type { Logger } from "pino";
import type { Registry } from "prom-client";

import type { Config } from "./config.ts";
import type { Db } from "./db/index.ts";
import type { Signals } from "./signals.ts";

/** What every use case may need of the world around it. Only these differ in tests. */
export interface Hub {
  readonly db: Db;
  readonly clock: Clock;
  /** Never given a secret: what looks like one is cut out, but do not rely on it. */
  readonly log: Logger;
  /** A UUID of version 7: later ones sort after earlier ones. */
  readonly newId: () => string;
  readonly signals: Signals;
  readonly config: Config;
  /** Areas register their counters and gauges here, names starting with `wadi_`. */
  readonly metrics: Registry;
}

/** What those need who only look: a thread of its own has that much of the hub. */
export type Reading = Pick<Hub, "db" | "clock"> & {
  readonly config: { readonly timings: Pick<Config["timings"], "leaseMs" | "certifyMs"> };
};

export interface Clock {
  now(): Temporal.Instant;
}
