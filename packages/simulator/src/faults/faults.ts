import type { CentreId, HostId, PlaceId, PoolId } from "@wadi/core/units";

/** What breaks in a play. Every time until a fault and every repair is drawn by the seed. */
export interface Faults {
  readonly hosts: Outage | null;
  /** A whole centre is away. */
  readonly centres: Outage | null;
  readonly links: Outage | null;
  /** Beside those: what breaks when, exactly. */
  readonly planned: readonly PlannedFault[];
}

/** Of each of its kind, by itself; both drawn from an exponential distribution. */
export interface Outage {
  /** Mean time from a repair to the next fault. */
  readonly everyMs: number;
  /** Mean time to repair. */
  readonly lastsMs: number;
}

export interface PlannedFault {
  readonly what: Breakable;
  readonly fromMs: number;
  readonly toMs: number;
}

export type Breakable =
  | { readonly kind: "host"; readonly pool: PoolId; readonly host: HostId }
  | { readonly kind: "centre"; readonly centre: CentreId }
  | { readonly kind: "link"; readonly from: PlaceId; readonly to: PlaceId };

export const noFaults: Faults = { hosts: null, centres: null, links: null, planned: [] };
