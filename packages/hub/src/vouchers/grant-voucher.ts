import { accounts, balanceOf, type JournalLine, type VoucherRef } from "@wadi/core/ledger";
import {
  formatYuan,
  microYuan,
  noMoney,
  total,
  type MicroYuan,
  type ProgrammeId,
  type TenantId,
} from "@wadi/core/units";
import { grantsByRules, judgeGrant, type GrantRefusal, type Programme } from "@wadi/core/vouchers";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { seesFund } from "../http/index.ts";
import { findAccounts, isPosted, postByHand } from "../ledger/index.ts";
import { Refused, wrongField } from "../refused.ts";
import { tenantOf, type AuditEntry } from "../tenants/index.ts";
import { programmeOf, saveHolders } from "./store.ts";

export interface Grant {
  readonly programme: ProgrammeId;
  readonly tenant: TenantId;
  /** In whole fen. */
  readonly amount: MicroYuan;
  readonly note: string;
  /** Names the grant for ever. */
  readonly idempotencyKey: string;
  readonly by: AuditEntry["by"];
}

/**
 * Grants a tenant a voucher out of the fund, within the programme's cap for one tenant. Two grants
 * at once are judged one after the other.
 * @throws Refused `not-found` for a programme of another fund, `programme-expired`, `exceeds-cap`,
 *   `insufficient-funds`, `key-reused`, `invalid-request`, `wrong-state` for one that goes by rules
 */
export function grantVoucher(hub: Hub, grant: Grant): Promise<JournalLine> {
  const { tenant, amount, note, idempotencyKey, by } = grant;
  const now = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    const programme = await programmeOf(sql, grant.programme);
    if (!programme || !seesFund(by.signer, programme.fund)) {
      throw new Refused("not-found", {}, `there is no programme ${grant.programme} of yours`);
    }
    if (grantsByRules(programme)) {
      const detail = `${programme.id} goes by its rules; the tenant claims with them`;
      throw new Refused("wrong-state", {}, detail);
    }
    if (!(await tenantOf(sql, tenant))) throw wrongField("/tenant", `"${tenant}" is no tenant`);

    const of = { fund: programme.fund, programme: programme.id, tenant };
    const fact = `grant/${programme.id}/${idempotencyKey}`;
    if (!(await isPosted(sql, fact))) {
      const refusal = judgeGrant(programme, { amount, now, ...(await standing(sql, of)) });
      if (refusal) throw refused(refusal, { amount, programme });
      await saveHolders(sql, [{ tenant, programme: programme.id }]);
    }
    return postByHand(sql, {
      kind: "grant",
      from: accounts.available(programme.fund),
      to: accounts.issued(of),
      amount,
      note,
      fact,
      entry: { by, at: now, action: "voucher.grant", subject: `programme/${programme.id}` },
    });
  });
}

/** What the tenant was ever granted, wherever it is by now, and what the fund has left to grant. */
async function standing(
  sql: Sql,
  of: VoucherRef,
): Promise<{ granted: MicroYuan; available: MicroYuan }> {
  const own = [accounts.issued, accounts.reserved, accounts.redeemed, accounts.expired];
  const paths = own.map((account) => account(of).path);
  const free = accounts.available(of.fund).path;
  const found = await findAccounts(sql, [...paths, free]);
  const granted = found.filter(({ path }) => path !== free).map(balanceOf);
  const available = found.find(({ path }) => path === free);
  return { granted: total(granted), available: available ? balanceOf(available) : noMoney };
}

function refused(
  refusal: GrantRefusal,
  { amount, programme }: { amount: MicroYuan; programme: Programme },
): Refused {
  const asked = formatYuan(microYuan(amount));
  switch (refusal.code) {
    case "programme-expired": {
      const detail = `${programme.id} expired at ${refusal.expiresAt}; put a later expiresAt first`;
      return new Refused(refusal.code, { expiresAt: refusal.expiresAt }, detail);
    }
    case "exceeds-cap": {
      const room = formatYuan(refusal.room);
      const detail = `${asked} yuan are above the cap; this tenant can still be granted ${room}`;
      return new Refused(refusal.code, { room }, detail);
    }
    case "insufficient-funds": {
      const available = formatYuan(refusal.available);
      const has = `the fund ${programme.fund} has ${available} yuan to grant`;
      const detail = `${has}, less than ${asked}`;
      return new Refused(refusal.code, { available }, detail);
    }
  }
}
