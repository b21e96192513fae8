import {
  parseDuration,
  type FundId,
  type KeyId,
  type ProviderId,
  type TenantId,
} from "@wadi/core/units";
import { routes, type keyView, type Permission, type PersonRole } from "@wadi/protocol";
import type { z } from "zod";
import type { Context } from "../context.ts";
import { Failure, wrongUse } from "../failure.ts";
import { facts } from "../show/facts.ts";
import { ago, localTime } from "../show/format.ts";
import { table, type Column } from "../show/table.ts";
import { takeList } from "../take-list.ts";

type Key = z.output<typeof keyView>;
const keysMost = 10_000;

/** Lists the keys that the caller may manage, newest first. */
export async function listKeys(context: Context): Promise<void> {
  const list = await takeList(context, routes.listKeys, { most: keysMost });
  if (context.json) return context.printJson(list.json);
  context.print(...table(list.items, columns(Temporal.Now.instant()), context));
}

export interface MakeKeyInput {
  readonly label: string;
  readonly role: PersonRole;
  readonly tenant?: TenantId;
  readonly provider?: ProviderId;
  readonly fund?: FundId;
  readonly only?: readonly Permission[];
  readonly validFor: string;
}

/** Makes a key; its secret is shown this once. */
export async function makeKey(context: Context, input: MakeKeyInput): Promise<void> {
  const { label, role, tenant = null, provider = null, fund = null, only = null } = input;
  const validFor = parseDuration(input.validFor);
  if (validFor === undefined) {
    throw wrongUse(`--valid-for ${input.validFor}: write a duration such as 30d or 12h`);
  }
  const scope = { tenant, provider, fund };
  const permissions = only === null ? null : [...only];
  const body = { label, role, scope, permissions, validFor };
  const { json, value } = await context.ask(routes.makeKey, { body });
  if (context.json) return context.printJson(json);
  context.print(value.secret);
  context.note(`valid until ${localTime(value.expiresAt)}; it is not shown again`);
}

/** Revokes keys, by id or by the start that the list shows. */
export async function revokeKeys(context: Context, { key: all }: { key: string[] }): Promise<void> {
  const hub = await context.client();
  for (const typed of all) {
    const id = await findKey(context, typed);
    await hub.call(routes.revokeKey, { params: { id } });
    context.note(`revoked ${typed}`);
  }
}

/** The key that signs this command's calls. */
export async function whoami(context: Context): Promise<void> {
  const { json, value } = await context.ask(routes.readMe);
  if (context.json) return context.printJson(json);
  context.print(
    ...facts(
      [
        ["hub", (await context.hub()).href],
        ["key", `${value.label}  ${value.prefix}…`],
        ["role", value.role],
        ["speaks for", scopeOf(value)],
        ["may", value.permissions.join(", ")],
        ["valid until", localTime(value.expiresAt)],
      ],
      context,
    ),
  );
}

async function findKey(context: Context, typed: string): Promise<KeyId> {
  const { items } = await takeList(context, routes.listKeys, { most: keysMost });
  const fitting = items.filter(({ id, prefix }) => id === typed || prefix.startsWith(typed));
  const [first, second] = fitting;
  if (first && !second) return first.id;
  if (!first) throw new Failure("notFound", `there is no key "${typed}"; see wadi keys`);
  const shown = fitting.map(({ id, label, prefix }) => `  ${id}  ${prefix}…  ${label}`);
  throw new Failure("usage", `"${typed}" may be ${fitting.length} keys; give the id`, shown);
}

const scopeOf = ({ scope }: Key) =>
  [scope.tenant, scope.provider, scope.fund].filter((one) => one !== null).join(", ");

const columns = (now: Temporal.Instant): Column<Key>[] => [
  { head: "KEY", cell: ({ prefix }) => prefix, keep: 9 },
  { head: "LABEL", cell: ({ label }) => label, keep: 8, least: 8 },
  { head: "ROLE", cell: ({ role }) => role, keep: 7 },
  { head: "FOR", cell: scopeOf, keep: 6, least: 8 },
  { head: "STATE", cell: (key) => stateOf(key, now), keep: 8 },
  { head: "VALID UNTIL", cell: ({ expiresAt }) => localTime(expiresAt), keep: 3 },
  { head: "USED", cell: ({ lastUsedAt: at }) => (at ? `${ago(at, now)} ago` : "never"), keep: 4 },
  { head: "ID", cell: ({ id }) => id, keep: 1 },
];

function stateOf({ revokedAt, expiresAt }: Key, now: Temporal.Instant): string {
  if (revokedAt !== null) return "revoked";
  return Temporal.Instant.compare(expiresAt, now) <= 0 ? "expired" : "valid";
}
