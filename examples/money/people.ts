import { routes } from "@wadi/protocol";

import { callerOf, type Caller } from "./ask.ts";
import type { Region } from "./region.ts";

/** Who acts in the month: each with a key of its own, since a key stands for a person. */
export interface People {
  readonly operator: Caller;
  /** The second person of whatever takes two. */
  readonly second: Caller;
  /** Officers of a fund, as many as its programme's reviews take. */
  readonly officers: ReadonlyMap<string, readonly Caller[]>;
  /** By tenant. */
  readonly admins: ReadonlyMap<string, Caller>;
  /** Somebody of the tenant who submits jobs. */
  readonly members: ReadonlyMap<string, Caller>;
}

/** A district office, and two persons of a bureau. */
const officersPerFund = 3;

export async function makePeople(
  { url, operator }: Region,
  { tenants, funds }: { tenants: readonly string[]; funds: readonly string[] },
): Promise<People> {
  const keyFor = async (
    role: "operator" | "programme-officer" | "tenant-admin" | "member",
    of: object,
  ) => {
    const body = { label: role, role, scope: of, validFor: "366d" } as const;
    const { secret } = await operator.ask(routes.makeKey, { body });
    return callerOf(url, secret);
  };
  const officers = new Map<string, readonly Caller[]>();
  for (const fund of funds) {
    const some: Caller[] = [];
    while (some.length < officersPerFund) some.push(await keyFor("programme-officer", { fund }));
    officers.set(fund, some);
  }
  const admins = new Map<string, Caller>();
  const members = new Map<string, Caller>();
  for (const tenant of tenants) {
    admins.set(tenant, await keyFor("tenant-admin", { tenant }));
    members.set(tenant, await keyFor("member", { tenant }));
  }
  return { operator, second: await keyFor("operator", {}), officers, admins, members };
}

/** @throws Error where a plan names somebody that there is not */
export function theOne<T>(all: ReadonlyMap<string, T>, id: string): T {
  const one = all.get(id);
  if (one === undefined) throw new Error(`there is no ${id} here`);
  return one;
}
