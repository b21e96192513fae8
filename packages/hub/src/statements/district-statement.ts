import { accounts, fundBook, type AccountPath } from "@wadi/core/ledger";
import { microYuan, minus, plus, total, type FundId, type TenantId } from "@wadi/core/units";
import type { DistrictId, Statement } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { accountsIn, balanceAt } from "../ledger/index.ts";
import { Refused } from "../refused.ts";
import { audit, type AuditEntry } from "../tenants/index.ts";
import type { Asking } from "./asking.ts";
import { compose, emptyLine, type Draft } from "./compose.ts";
import { districtOf, namesOf, saveDistrict, sumCharged, type District } from "./district-store.ts";
import { atDisposal } from "./fund-statement.ts";
import { periodOf, type Period } from "./period.ts";
import { notFound, snapshot } from "./snapshot.ts";

/**
 * Says which tenants and funds belong to a district.
 * @throws Refused `invalid-request` for one that there is not
 */
export function putDistrict(
  hub: Hub,
  { by, ...district }: District & { by: AuditEntry["by"] },
): Promise<Pick<District, "id" | "name">> {
  const { id, name, tenants, funds } = district;
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    const known = await namesOf(sql, district);
    const fields = [
      ...tenants.flatMap((one, i) => (known.tenants.has(one) ? [] : [`/tenants/${i}`])),
      ...funds.flatMap((one, i) => (known.funds.has(one) ? [] : [`/funds/${i}`])),
    ].map((pointer) => ({ pointer, in: "body" as const, detail: "names nothing that there is" }));
    if (fields.length > 0) {
      const detail = `${fields[0]!.pointer} names nothing that there is`;
      throw new Refused("invalid-request", {}, detail, fields.slice(0, 50));
    }
    await saveDistrict(sql, district);
    const facts = { tenants: tenants.length, funds: funds.length };
    await audit(sql, { by, at, action: "district.put", subject: `district/${id}`, facts });
    return { id, name };
  });
}

/**
 * A district's money: what its tenants have free and held, and what its funds have at their
 * disposal. One line for each of them, with what changed in the period.
 * @throws Refused `not-found`, `invalid-request`
 */
export function districtStatement(
  { db, clock }: Pick<Hub, "db" | "clock">,
  id: DistrictId,
  { asked, words }: Asking,
): Promise<Statement> {
  const madeAt = clock.now();
  return snapshot(db, async (sql) => {
    const district = await districtOf(sql, id);
    if (!district) throw notFound(`district ${id}`);
    const period = await periodOf(sql, asked, madeAt);
    const names = await namesOf(sql, district);
    const tenants = await standings(sql, period, district.tenants, tenantPaths);
    const funds = await standings(sql, period, district.funds, fundPaths(sql));
    const { from, until } = period;
    const charged = await sumCharged(sql, { tenants: district.tenants, from, until });
    const [paidByVouchers, paidInCash] = [microYuan(charged.voucher), microYuan(charged.cash)];
    const both = [...tenants, ...funds];
    return compose(
      {
        ...{ of: "district", id, name: district.name, from, until, madeAt },
        opening: total(both.map(({ before }) => before)),
        closing: total(both.map(({ after }) => after)),
        totals: {
          ...{ charges: plus(paidByVouchers, paidInCash), paidByVouchers, paidInCash },
          ofTenantsAtEnd: total(tenants.map(({ after }) => after)),
          ofFundsAtEnd: total(funds.map(({ after }) => after)),
        },
        lines: [
          ...tenants.map((one) =>
            lineOf(one, period, words.tenant(names.tenants.get(one.id) ?? one.id, one.id)),
          ),
          ...funds.map((one) =>
            lineOf(one, period, words.fund(names.funds.get(one.id) ?? one.id, one.id)),
          ),
        ],
      },
      words,
    );
  });
}

interface PartyStanding {
  readonly id: string;
  readonly before: ReturnType<typeof microYuan>;
  readonly after: ReturnType<typeof microYuan>;
}

async function standings<I extends TenantId | FundId>(
  sql: Sql,
  { stretch }: Period,
  ids: readonly I[],
  pathsOf: (id: I) => AccountPath[] | Promise<AccountPath[]>,
): Promise<PartyStanding[]> {
  const found: PartyStanding[] = [];
  for (const id of ids) {
    const paths = await pathsOf(id);
    const before = await balanceAt(sql, paths, stretch.after);
    found.push({ id, before, after: await balanceAt(sql, paths, stretch.through) });
  }
  return found;
}

const tenantPaths = (id: TenantId) => [accounts.prepaid(id).path, accounts.held(id).path];
const fundPaths = (sql: Sql) => async (id: FundId) =>
  (await accountsIn(sql, fundBook(id), atDisposal)).map(({ path }) => path);

function lineOf(
  { before, after }: PartyStanding,
  { until }: Period,
  text: string,
): Draft["lines"][number] {
  const line = { ...emptyLine, at: until, text, amount: minus(after, before) };
  return { knownAt: until, line };
}
