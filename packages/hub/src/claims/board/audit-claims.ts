import type { Sql } from "../../db/index.ts";
import type { AuditCheck } from "../../ledger/index.ts";
import { compareRaised } from "../approvals/approval-store.ts";
import {
  compareClaims,
  compareContracts,
  compareCounters,
  type CounterDifference,
} from "./audit-store.ts";
import { compareUnits } from "../units/unit-store.ts";

/** As many problems of one kind as are told. */
const toldMax = 20;

/**
 * Proves what caps, budgets and ceilings are counted on: the counters are built anew from the
 * stored decisions, redemptions and releases, and public money by contract once more from the
 * claims' own sums. Units in kind are added up from their moves. Runs in a transaction of isolation
 * `repeatable read`.
 */
export async function auditClaims(sql: Sql): Promise<AuditCheck[]> {
  const counters = await compareCounters(sql, toldMax);
  const contracts = await compareContracts(sql, toldMax);
  const claims = await compareClaims(sql, toldMax);
  const units = await compareUnits(sql, toldMax);
  const raised = await compareRaised(sql, toldMax);
  return [
    {
      name: "counters are what decisions, redemptions and releases give",
      checked: counters.checked,
      problems: counters.different.map(sentenceOf),
    },
    {
      name: "public money on each contract is what its claims have",
      checked: contracts.checked,
      problems: contracts.different.map(sentenceOf),
    },
    {
      name: "claims have what was decided and redeemed",
      checked: claims.checked,
      problems: claims.different.map(({ id, what }) => `claim ${id} ${what}`),
    },
    {
      name: "card-hours and tokens of claims are what moved of them",
      checked: units.checked,
      problems: units.different.map(({ claim, part, what }) => `claim ${claim}: ${part} ${what}`),
    },
    {
      name: "caps were raised by two persons of the fund",
      checked: raised.checked,
      problems: raised.different.map(({ claim, cap }) => `claim ${claim}: nobody approved ${cap}`),
    },
  ];
}

const sentenceOf = ({ key, stands, should }: CounterDifference) =>
  `counter ${key} stands at ${stands}, and should at ${should}`;
