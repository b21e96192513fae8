import { hash } from "node:crypto";
import {
  asWritten,
  openVerifier,
  type Anchor,
  type Closing,
  type JournalFindings,
  type JournalLine,
  type TransferKind,
} from "@wadi/core/ledger";
import { routes, type Client } from "@wadi/protocol";

/** The parts of one run's charge, as the journal has them. */
export type Posted = Partial<Record<"cash" | "redeem" | "subsidy" | "fee", bigint>> & {
  /** Whose cash it was, and who earned it; null where nothing was posted. */
  readonly tenant: string | null;
  readonly provider: string | null;
  /** The first of its lines. */
  readonly seq: bigint;
};

/** A journal that is read from its start and proved line by line. */
export interface Journal {
  /** Reads what there is after the last line read. */
  readonly readOn: () => Promise<void>;
  readonly found: () => JournalFindings;
  /** By run. */
  readonly posted: ReadonlyMap<string, Posted>;
}

const chargeKinds = new Set<TransferKind>(["cash", "redeem", "subsidy", "fee"]);
const pageLines = 1000;

export interface JournalBasis {
  /** Hashes that lines must have, because somebody wrote them down before. */
  readonly anchors: readonly Anchor[];
  /** Months that were closed. */
  readonly closings: readonly Closing[];
  /** Told of each line, in order. */
  readonly onLine: (line: JournalLine) => void;
}

export function openJournal(client: Client, { anchors, closings, onLine }: JournalBasis): Journal {
  const sha256 = (text: string) => hash("sha256", text, "hex");
  const verifier = openVerifier({ sha256, anchors, closings });
  const posted = new Map<string, Posted>();
  /** Of the last page, which may have grown since: how much of it was taken. */
  let cursor: string | undefined;
  let taken = 0;

  async function readPage(): Promise<boolean> {
    const query = { limit: pageLines, ...(cursor !== undefined && { cursor }) };
    const { items, next } = await client.call(routes.listTransfers, { query });
    const lines = items.slice(taken).map(asWritten);
    verifier.take(lines);
    for (const line of lines) {
      notePosting(posted, line);
      onLine(line);
    }
    taken = next === null ? items.length : 0;
    cursor = next ?? cursor;
    return next !== null;
  }

  return {
    posted,
    found: () => verifier.found(),
    readOn: async () => {
      while (await readPage());
    },
  };
}

function notePosting(posted: Map<string, Posted>, line: JournalLine): void {
  if (line.run === null || !chargeKinds.has(line.kind)) return;
  const kind = line.kind as "cash" | "redeem" | "subsidy" | "fee";
  const before = posted.get(line.run) ?? { tenant: null, provider: null, seq: line.seq };
  posted.set(line.run, {
    ...before,
    [kind]: (before[kind] ?? 0n) + line.amount,
    ...(kind === "cash" && { tenant: ownerIn(line.from.path) }),
    ...((kind === "cash" || kind === "subsidy") && { provider: ownerIn(line.to.path) }),
  });
}

/** `acme` of `held/acme`. */
const ownerIn = (path: string) => path.slice(path.indexOf("/") + 1);
