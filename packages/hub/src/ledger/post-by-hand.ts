import {
  describeRefusal,
  transferIdOf,
  type JournalLine,
  type Move,
  type PostRefusal,
} from "@wadi/core/ledger";
import { formatYuan } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { Refused, wrongField } from "../refused.ts";
import { audit, type AuditEntry } from "../tenants/index.ts";
import { findTransfers } from "./line-store.ts";
import { postTransfers } from "./post-transfers.ts";
import { sha256 } from "./sha256.ts";
import { lockHead } from "./store.ts";

/** A transfer that a person asks for. */
export interface ByHand extends Omit<Move, "hold"> {
  /** Made of the caller's idempotency key: the same request again is the same transfer. */
  readonly fact: string;
  readonly note: string;
  /** Who asked, and what the audit trail says of it. */
  readonly entry: Pick<AuditEntry, "by" | "at" | "action" | "subject">;
}

/**
 * Posts it, with its line in the audit trail, in the caller's transaction. Asked again it answers
 * with the transfer that it made the first time.
 * @throws Refused `insufficient-funds`, `key-reused`, or `invalid-request` for an amount that
 *   cannot be counted
 */
export async function postByHand(sql: Sql, { entry, ...what }: ByHand): Promise<JournalLine> {
  const [line] = await postTogether(sql, [what], entry);
  return line!;
}

/** The same for transfers that are one whole: all of them or none. The trail names the first. */
export async function postTogether(
  sql: Sql,
  moves: readonly Omit<ByHand, "entry">[],
  entry: ByHand["entry"],
): Promise<readonly JournalLine[]> {
  const group = moves.map((move) => {
    return { ...move, hold: null, job: null, run: null, happenedAt: entry.at };
  });
  const { outcomes } = await postTransfers(sql, [group], entry.at);
  const outcome = outcomes[0]!;
  switch (outcome.kind) {
    case "posted": {
      const { kind, amount, note } = moves[0]!;
      await audit(sql, { ...entry, facts: { amount: formatYuan(amount), kind, note } });
      return outcome.lines;
    }
    case "repeated":
      return outcome.lines;
    case "key-reused": {
      const cure = "take a new key for a new request";
      throw new Refused("key-reused", {}, `this key was used for another amount or note; ${cure}`);
    }
    case "refused":
      throw refusalOf(moves, outcome.reason);
  }
}

/**
 * Whether a fact was posted, for callers whose own checks do not hold for a repetition. From here
 * to the end of the transaction nobody else posts.
 */
export async function isPosted(sql: Sql, fact: string): Promise<boolean> {
  const [, found] = await Promise.all([
    lockHead(sql),
    findTransfers(sql, [transferIdOf(fact, sha256)]),
  ]);
  return found.size > 0;
}

function refusalOf(moves: readonly Omit<ByHand, "entry">[], reason: PostRefusal): Error {
  switch (reason.code) {
    case "below-floor": {
      const { account, balance } = reason;
      const available = formatYuan(balance);
      const short = moves.find(({ from, amount }) => from.path === account && amount > balance);
      const asked = formatYuan((short ?? moves[0]!).amount);
      const detail = `${account} has ${available} yuan, less than ${asked}`;
      return new Refused("insufficient-funds", { account, available }, detail);
    }
    case "part-of-a-fen":
      return wrongField("/amount", "must be whole fen, at most two decimals: public money is");
    case "period-closed":
      return new Refused("wrong-state", { until: `${reason.until}` }, describeRefusal(reason));
    case "beyond-bounds":
      return wrongField("/amount", "is more than the books can count");
    default:
      return new Error(`posting by hand: ${describeRefusal(reason)}`);
  }
}
