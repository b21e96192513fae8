import type { World } from "./world.ts";

/** A request to one route that every caller who may do so at all should get an answer to. */
export interface Sample {
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** What the answer may be instead of the route's own status: codes of refusals. */
  readonly refusals?: readonly string[];
}

export type MakeSample = (world: World) => Sample | Promise<Sample>;
