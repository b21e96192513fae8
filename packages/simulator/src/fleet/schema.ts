import { centreSpec, linkSpec } from "@wadi/protocol/centres";
import { cores, memory, slug } from "@wadi/protocol/codec";
import { check } from "@wadi/protocol/wrong-fields";
import type { CentreId } from "@wadi/core/units";
import { z } from "zod";

/*
 * A fleet as it is written down: what the API takes of centres and links, in one file. Hosts that
 * are alike may be given as a count.
 */

const hostList = centreSpec.shape.pools.element.shape.hosts;

const most = 25_000;
const hostGroup = z.strictObject({
  count: z.int().min(1).max(most),
  cards: z.int().min(1).max(4096),
  cpu: cores,
  memory,
  /** Hosts that share fast links between cards; null: nobody says. */
  perDomain: z.int().min(1).max(most).nullable().default(null),
  perRack: z.int().min(1).max(most).nullable().default(null),
  racksPerBlock: z.int().min(1).max(most).nullable().default(null),
});

export type HostList = z.output<typeof hostList>;
export type HostGroup = z.output<typeof hostGroup>;

/** A list or a group, by what was written: what is wrong is told of the one that was meant. */
const hosts = z.unknown().transform((given, ctx): HostList | HostGroup => {
  const checked = check(Array.isArray(given) ? hostList : hostGroup, given, "body");
  if (checked.ok) return checked.value;
  for (const { pointer, detail } of checked.problems) {
    const path = pointer.split("/").slice(1);
    ctx.issues.push({ code: "custom", path, message: detail, input: given });
  }
  return z.NEVER;
});

const fleetPool = z.strictObject({ ...centreSpec.shape.pools.element.shape, hosts });
const fleetCentre = z.strictObject({
  id: slug<CentreId>(),
  ...centreSpec.shape,
  pools: z.array(fleetPool).min(1).max(100),
});

export const fleetSpec = z.strictObject({
  version: z.literal(1),
  name: z.string().min(1).max(128),
  centres: z.array(fleetCentre).min(1).max(10_000),
  links: z.array(linkSpec).max(100_000).default([]),
});

export type FleetSpec = z.output<typeof fleetSpec>;
export type CentrePart = FleetSpec["centres"][number];
export type PoolPart = CentrePart["pools"][number];
