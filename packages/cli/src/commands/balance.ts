import { asId, noMoney, type TenantId } from "@wadi/core/units";
import { routes, type ReplyOf } from "@wadi/protocol";
import type { Context } from "../context.ts";
import { wrongUse } from "../failure.ts";
import { facts } from "../show/facts.ts";
import { lastTime, money } from "../show/format.ts";
import { table, type Column } from "../show/table.ts";

/** What a tenant can spend: its own money, what is held and owed, its vouchers. */
export async function balance(context: Context, input: { tenant?: string }): Promise<void> {
  const id = input.tenant === undefined ? await ownTenant(context) : asId<TenantId>(input.tenant);
  const { json, value } = await context.ask(routes.readBalance, { params: { id } });
  if (context.json) return context.printJson(json);
  context.print(
    ...facts(
      [
        ["tenant", id],
        ["free to spend", `¥${money(value.prepaid)}`],
        ["held for jobs", `¥${money(value.held)}`],
        ["owed", value.owed === noMoney ? undefined : `¥${money(value.owed)}`],
      ],
      context,
    ),
  );
  if (value.vouchers.length > 0) context.print("", ...table(value.vouchers, columns, context));
  if (value.inKind.length > 0) context.print("", ...table(value.inKind, unitColumns, context));
}

async function ownTenant(context: Context): Promise<TenantId> {
  const { tenant } = (await context.ask(routes.readMe)).value.scope;
  if (tenant !== null) return tenant;
  throw wrongUse("whose balance? This key speaks for no tenant; name one: wadi balance TENANT");
}

interface Voucher {
  readonly programme: string;
  readonly available: Parameters<typeof money>[0];
  readonly reserved: Parameters<typeof money>[0];
  readonly expiresAt: Temporal.Instant;
}

type HeldUnits = ReplyOf<typeof routes.readBalance>["inKind"][number];

const unitColumns: readonly Column<HeldUnits>[] = [
  { head: "IN KIND OF", cell: ({ programme }) => programme, keep: 9, least: 8 },
  { head: "UNIT", cell: ({ unit }) => unit, keep: 8 },
  { head: "OPEN", cell: ({ open }) => `${open}`, keep: 8, align: "number" },
  { head: "DRAWN", cell: ({ drawn }) => `${drawn}`, keep: 7, align: "number" },
  { head: "GRANTED", cell: ({ granted }) => `${granted}`, keep: 6, align: "number" },
  { head: "LAST DAY", cell: ({ lastDay }) => lastDay?.toString() ?? "no end", keep: 7 },
  { head: "CLAIM", cell: ({ claim }) => claim, keep: 5 },
];

const columns: readonly Column<Voucher>[] = [
  { head: "VOUCHER OF", cell: ({ programme }) => programme, keep: 9, least: 8 },
  { head: "FREE ¥", cell: ({ available }) => money(available), keep: 8, align: "number" },
  { head: "RESERVED ¥", cell: ({ reserved }) => money(reserved), keep: 6, align: "number" },
  { head: "UNTIL", cell: ({ expiresAt }) => lastTime(expiresAt, "by claim"), keep: 5 },
];
