import { personRoles, roles, type Permission, type PersonRole, type Role } from "@wadi/protocol";

import type { Signer } from "../http/index.ts";
import { Refused, wrongField } from "../refused.ts";
import type { KeyScope } from "./key-store.ts";

/** What keys of a role speak for; null: for the whole region. */
const speaksFor = {
  operator: null,
  auditor: null,
  provider: "provider",
  "tenant-admin": "tenant",
  member: "tenant",
  "programme-officer": "fund",
} as const satisfies Record<PersonRole, keyof KeyScope | null>;

/** Keys of which roles a key of each role can make. */
const makes: Partial<Record<Role, readonly PersonRole[]>> = {
  operator: personRoles,
  provider: ["provider"],
  "tenant-admin": ["tenant-admin", "member"],
};

export interface KeyWish {
  readonly role: PersonRole;
  readonly scope: KeyScope;
  /** Null: all that the role has. */
  readonly permissions: readonly Permission[] | null;
}

/**
 * The scope of a key that `maker` may make as wished: what was left out is the maker's own.
 * A key is never stronger than the one it was made with, except that an operator's whole key makes
 * any. Whether tenant, provider or fund exist is not looked at.
 *
 * @throws Refused `not-allowed`, `invalid-request`; `not-found` for a scope that is not the maker's
 */
export function scopeOfNewKey(maker: Signer, wish: KeyWish): KeyScope {
  if (!makes[maker.role]?.includes(wish.role)) {
    const detail = `a key of role ${maker.role} cannot make one of role ${wish.role}`;
    throw new Refused("not-allowed", { role: maker.role, wished: wish.role }, detail);
  }
  const scope = scopeWithin(maker, wish);
  refuseForeignPermissions(wish);
  refuseStronger(maker, wish);
  return scope;
}

function scopeWithin(maker: Signer, { role, scope }: KeyWish): KeyScope {
  const field = speaksFor[role];
  for (const other of ["tenant", "provider", "fund"] as const) {
    if (other === field || scope[other] === null) continue;
    const right = field === null ? "speaks for the whole region" : `speaks for a ${field}`;
    throw wrongField(`/scope/${other}`, `must be null: the role ${role} ${right}`);
  }
  if (field === null) return scope;

  const asked = scope[field] ?? maker[field];
  if (asked === null) throw wrongField(`/scope/${field}`, `is needed by the role ${role}`);
  if (maker[field] !== null && asked !== maker[field]) {
    throw new Refused("not-found", { [field]: asked }, `there is no ${field} ${asked} of yours`);
  }
  return { ...scope, [field]: asked };
}

function refuseForeignPermissions({ role, permissions }: KeyWish): void {
  const ofRole: readonly Permission[] = roles[role];
  const index = permissions?.findIndex((one) => !ofRole.includes(one)) ?? -1;
  if (index < 0) return;
  const right = `must be one that the role ${role} has: ${ofRole.join(", ")}`;
  throw wrongField(`/permissions/${index}`, right);
}

function refuseStronger(maker: Signer, { role, permissions }: KeyWish): void {
  const isWhole = roles[maker.role].every((one) => maker.permissions.has(one));
  if (isWhole) return;
  const wished: readonly Permission[] = permissions ?? roles[role];
  const beyond = wished.filter((one) => !maker.permissions.has(one));
  if (beyond.length === 0) return;
  const detail = `your key is narrowed and does not itself have ${beyond.join(", ")}`;
  throw new Refused("not-allowed", { beyond }, detail);
}

/** Whether a key is one that `signer` may list and revoke. */
export function isWithin(signer: Signer, scope: KeyScope): boolean {
  if (signer.role === "operator") return true;
  if (signer.tenant !== null) return scope.tenant === signer.tenant;
  return signer.provider !== null && scope.provider === signer.provider;
}
