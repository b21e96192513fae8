import { accountRef, type Account, type AccountPath } from "./account.ts";
import { firstHash, hashLine, transferIdOf, type JournalLine, type Sha256 } from "./chain.ts";
import type { Hold, HoldKey } from "./hold.ts";
import { holdKey } from "./hold.ts";
import { describeRefusal, post } from "./post.ts";
import type { TransferId, TransferKind } from "./transfer.ts";

/** A line of the journal and the hash that an auditor wrote down for it some time ago. */
export interface Anchor {
  readonly seq: bigint;
  readonly hash: string;
}

/**
 * Reads a journal from its first line and proves, trusting nobody: no line is missing, altered,
 * doubled or out of order; each transfer is one that the chart of accounts allows; no account fell
 * below its floor and no hold was overdrawn at any moment. Balances are built anew on the way.
 * Keeps accounts, holds with something left, and (unless told otherwise) the ids of the lines.
 */
export interface JournalVerifier {
  /** Takes the next lines in, in order; a journal is taken in page by page. */
  take(lines: readonly JournalLine[]): void;
  /** What has been found so far. */
  found(): JournalFindings;
}

/** A period that was closed: what was posted behind line `seq` happened at `until` or later. */
export interface Closing {
  readonly month: string;
  readonly until: Temporal.Instant;
  readonly seq: bigint;
  readonly hash: string;
}

export interface JournalFindings {
  readonly lines: bigint;
  /** The last line's seq and hash; to be compared with what the hub says its head is. */
  readonly head: Anchor;
  readonly accounts: ReadonlyMap<AccountPath, Account>;
  /** Holds that have something left. */
  readonly openHolds: ReadonlyMap<HoldKey, Hold>;
  /** The sum of all transfers of a kind, but for those of claims, which no run has caused. */
  readonly movedBy: ReadonlyMap<TransferKind, bigint>;
  /** Sentences that name the line; at most `problemsMax` of them. */
  readonly problems: readonly string[];
}

export interface VerifierOptions {
  readonly sha256: Sha256;
  readonly anchors?: readonly Anchor[];
  /** Closed periods, in their order. */
  readonly closings?: readonly Closing[];
  /**
   * Whether an id comes for the first time. Default: a set of all ids is kept. A caller whose store
   * cannot hold an id twice may say so instead.
   */
  readonly isNew?: (id: TransferId) => boolean;
}

/** Further problems are not written down: after the first, a broken journal is full of them. */
export const problemsMax = 100;

export function openVerifier(options: VerifierOptions): JournalVerifier {
  const { sha256, anchors = [], closings = [], isNew = remember() } = options;
  const accounts = new Map<AccountPath, Account>();
  const holds = new Map<HoldKey, Hold>();
  const movedBy = new Map<TransferKind, bigint>();
  const anchorAt = new Map([...closings, ...anchors].map(({ seq, hash }) => [seq, hash]));
  const problems: string[] = [];
  let head: Anchor = { seq: 0n, hash: firstHash(sha256) };
  let lines = 0n;
  let before: Temporal.Instant | undefined;

  const report = (line: JournalLine, what: string) => {
    if (problems.length < problemsMax) problems.push(`transfer ${line.seq}: ${what}`);
  };

  /** After a break the line's own hash is taken for right, so that the next break shows as well. */
  function checkPlace(line: JournalLine): void {
    if (line.seq !== head.seq + 1n) report(line, `follows ${head.seq}; lines are missing or moved`);
    if (hashLine(head.hash, line, sha256) !== line.hash) {
      report(line, "does not have the hash that it and the line before give");
    }
    const anchored = anchorAt.get(line.seq);
    if (anchored !== undefined && anchored !== line.hash) {
      report(line, `has another hash than the anchor ${anchored}`);
    }
    if (before && Temporal.Instant.compare(line.knownAt, before) < 0) {
      report(line, "was known before the line in front of it");
    }
    const closing = closings.findLast(({ seq }) => seq < line.seq);
    if (closing && Temporal.Instant.compare(line.happenedAt, closing.until) < 0) {
      report(line, `happened in ${closing.month}, which was closed by then`);
    }
    if (line.id !== transferIdOf(line.fact, sha256)) report(line, "has an id that its fact denies");
    if (!isNew(line.id)) report(line, `posts the fact ${line.fact} a second time`);
    head = { seq: line.seq, hash: line.hash };
    before = line.knownAt;
  }

  function checkMove(line: JournalLine): void {
    for (const ref of [line.from, line.to]) {
      if (accountRef(ref)?.kind !== ref.kind)
        report(line, `${ref.path} is in no chart of accounts`);
    }
    const posting = post({ accounts, holds }, [line]);
    if (posting.kind === "refused") {
      report(line, describeRefusal(posting.reason));
      return;
    }
    for (const account of posting.accounts) accounts.set(account.path, account);
    for (const hold of posting.holds) {
      if (hold.remaining > 0n) holds.set(holdKey(hold), hold);
      else holds.delete(holdKey(hold));
    }
    if (!isOfClaim(line)) {
      movedBy.set(line.kind, (movedBy.get(line.kind) ?? 0n) + line.amount);
    }
  }

  return {
    take: (page) => {
      for (const line of page) {
        checkPlace(line);
        checkMove(line);
        lines += 1n;
      }
    },
    found: () => ({ lines, head, accounts, openHolds: holds, movedBy, problems }),
  };
}

function remember(): (id: TransferId) => boolean {
  const seen = new Set<TransferId>();
  return (id) => seen.size < seen.add(id).size;
}

/** Whether a bill redeemed under a claim caused a transfer: its kinds may be those of a charge. */
export const isOfClaim = ({ run, fact }: Pick<JournalLine, "run" | "fact">): boolean =>
  run === null && fact.startsWith("claim/");
