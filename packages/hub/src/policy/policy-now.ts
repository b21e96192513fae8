import { defaultPolicy, type Policy } from "@wadi/core/dispatch";

import type { Hub } from "../context.ts";
import type { Db, Sql } from "../db/index.ts";
import { lastVersion, readVersion } from "./store.ts";

/** The policy that holds. */
export interface PolicyNow {
  /** 0 while it is the one that holds until an operator says otherwise. */
  readonly version: number;
  readonly policy: Policy;
}

const usual: PolicyNow = { version: 0, policy: defaultPolicy };
const lastRead = new WeakMap<Db, PolicyNow>();

/** The policy that holds now; the same value again as long as nobody sets another. */
export async function readPolicyNow({ db }: Pick<Hub, "db">, sql: Sql): Promise<PolicyNow> {
  const version = await lastVersion(sql);
  if (version === 0) return usual;
  const known = lastRead.get(db);
  if (known?.version === version) return known;
  const { policy } = (await readVersion(sql, version))!;
  const now = { version, policy };
  lastRead.set(db, now);
  return now;
}
