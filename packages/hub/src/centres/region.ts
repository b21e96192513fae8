import type { Centre, Links, Pool } from "@wadi/core/capacity";

import type { Hub } from "../context.ts";
import type { Db } from "../db/index.ts";
import { readLinks } from "./link-store.ts";
import { readCentres, readVersion } from "./store.ts";
import { partsOf } from "./wire.ts";

/** The region as it is registered. Each list is in the order of ids. */
export interface Region {
  /** Grows with every change; equal versions are equal regions. */
  readonly version: bigint;
  readonly centres: readonly Centre[];
  readonly pools: readonly Pool[];
  readonly links: Links;
}

const lastRead = new WeakMap<Db, Region>();

/** The region as it is now. Read whole only when it has changed; else the same value again. */
export async function readRegion({ db }: Pick<Hub, "db">): Promise<Region> {
  const known = lastRead.get(db);
  if (known && known.version === (await readVersion(db.sql))) return known;
  const region = await db.transaction(
    async (sql) => {
      const version = await readVersion(sql);
      const stored = await readCentres(sql);
      const parts = stored.map(({ id, spec }) => {
        const read = partsOf(id, spec);
        if ("problems" in read) throw new Error(wrongStored(id, read.problems));
        return read;
      });
      const centres = parts.map(({ centre }) => centre);
      const pools = parts.flatMap((one) => one.pools).toSorted((a, b) => (a.id < b.id ? -1 : 1));
      return { version, centres, pools, links: await readLinks(sql) };
    },
    { isolation: "repeatable read", readOnly: true },
  );
  lastRead.set(db, region);
  return region;
}

const wrongStored = (id: string, [first]: readonly { pointer: string; detail: string }[]) =>
  `the centre ${id} was stored with a wrong description: ${first?.pointer} ${first?.detail}`;
