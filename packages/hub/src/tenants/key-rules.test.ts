import { personRoles, roles, type Permission, type PersonRole, type Role } from "@wadi/protocol";
import { asId, type KeyId, type ProviderId, type TenantId } from "@wadi/core/units";
import { expect, test } from "vitest";

import type { Signer } from "../http/index.ts";
import { Refused } from "../refused.ts";
import { isWithin, scopeOfNewKey, type KeyWish } from "./key-rules.ts";

const acme = asId<TenantId>("acme");
const lowland = asId<ProviderId>("lowland");
const nobody = { tenant: null, provider: null, fund: null };

const aSigner = (role: Role, change: Partial<Signer> = {}): Signer => ({
  key: asId<KeyId>("0190b0aa-1111-7000-8000-000000000000"),
  role,
  permissions: new Set<Permission>(roles[role]),
  ...nobody,
  agent: null,
  ...(role === "tenant-admin" || role === "member" ? { tenant: acme } : {}),
  ...(role === "provider" ? { provider: lowland } : {}),
  ...change,
});
const aWish = (role: PersonRole, change: Partial<KeyWish> = {}): KeyWish => ({
  role,
  scope: nobody,
  permissions: null,
  ...change,
});
const outcome = (maker: Signer, wish: KeyWish) => {
  try {
    return scopeOfNewKey(maker, wish);
  } catch (error) {
    if (error instanceof Refused) return `${error.code} ${error.fields[0]?.pointer ?? ""}`.trim();
    throw error;
  }
};

test.each([
  ["operator", personRoles],
  ["tenant-admin", ["tenant-admin", "member"]],
  ["provider", ["provider"]],
  ["member", []],
  ["auditor", []],
  ["programme-officer", []],
] as const)("a key of role %s makes keys of %j and no other", (role, made) => {
  const refusedRoles = personRoles.filter(
    (wished) => outcome(aSigner(role), aWish(wished)) === "not-allowed",
  );
  expect(refusedRoles).toEqual(
    personRoles.filter((wished) => !(made as readonly string[]).includes(wished)),
  );
});

test("what is left out of the scope is the maker's own", () => {
  expect(outcome(aSigner("tenant-admin"), aWish("member"))).toEqual({ ...nobody, tenant: acme });
  expect(outcome(aSigner("provider"), aWish("provider"))).toEqual({ ...nobody, provider: lowland });
});

test("another's scope is answered like one that does not exist", () => {
  const wish = aWish("member", { scope: { ...nobody, tenant: asId<TenantId>("other") } });
  expect(outcome(aSigner("tenant-admin"), wish)).toBe("not-found");
});

test.each([
  ["member", {}, "invalid-request /scope/tenant"],
  ["programme-officer", {}, "invalid-request /scope/fund"],
  ["operator", { tenant: acme }, "invalid-request /scope/tenant"],
  ["member", { tenant: acme, provider: lowland }, "invalid-request /scope/provider"],
] as const)("an operator's wish for %s with scope %j is refused: %s", (role, scope, refusal) => {
  const wish = aWish(role, { scope: { ...nobody, ...scope } });
  expect(outcome(aSigner("operator"), wish)).toBe(refusal);
});

test("a key is narrowed only to what its role has", () => {
  const wish = aWish("member", { permissions: ["jobs:read", "keys:write"] });
  expect(outcome(aSigner("tenant-admin"), wish)).toBe("invalid-request /permissions/1");
});

test("a narrowed key makes no key that may more than itself", () => {
  const narrowed = new Set<Permission>(["keys:write", "jobs:read"]);
  for (const role of ["operator", "tenant-admin"] as const) {
    const maker = aSigner(role, { permissions: narrowed });
    const scope = { ...nobody, tenant: acme };
    expect(outcome(maker, aWish("member", { scope }))).toBe("not-allowed");
    const wish = aWish("member", { scope, permissions: ["jobs:read"] });
    expect(outcome(maker, wish)).toEqual(scope);
  }
});

test("keys are seen by operators, and within one's own tenant or provider", () => {
  const ofAcme = { ...nobody, tenant: acme };
  const ofLowland = { ...nobody, provider: lowland };
  expect(isWithin(aSigner("operator"), nobody)).toBe(true);
  expect(isWithin(aSigner("tenant-admin"), ofAcme)).toBe(true);
  expect(isWithin(aSigner("tenant-admin"), ofLowland)).toBe(false);
  expect(isWithin(aSigner("provider"), ofLowland)).toBe(true);
  expect(isWithin(aSigner("provider"), nobody)).toBe(false);
  expect(isWithin(aSigner("member", { tenant: null }), nobody)).toBe(false);
});
