import type { AccountKind } from "@wadi/core/ledger";
import { total, type MicroYuan, type ProgrammeId } from "@wadi/core/units";
import type { Programme } from "@wadi/core/vouchers";
import type { programmeView } from "@wadi/protocol";
import type { z } from "zod";

import type { Sql } from "../db/index.ts";
import { sumVouchers } from "../ledger/index.ts";

type ProgrammeView = z.output<typeof programmeView>;

/** Programmes with what became of the money they granted. */
export async function viewOfProgrammes(
  sql: Sql,
  programmes: readonly Programme[],
): Promise<ProgrammeView[]> {
  const sums = await sumVouchers(
    sql,
    programmes.map(({ id }) => id),
  );
  const onAccounts = (id: ProgrammeId, ...kinds: AccountKind[]): MicroYuan =>
    total(
      sums
        .filter(({ programme, kind }) => programme === id && kinds.includes(kind))
        .map(({ balance }) => balance),
    );
  return programmes.map(({ id, version, ...spec }) => ({
    id,
    version,
    spec,
    granted: onAccounts(id, "issued", "reserved", "redeemed", "expired"),
    reserved: onAccounts(id, "reserved"),
    redeemed: onAccounts(id, "redeemed"),
    expired: onAccounts(id, "expired"),
  }));
}
