import { hash } from "node:crypto";
import { flatPrice, type PriceScheduleDraft } from "@wadi/core/capacity";
import {
  accounts,
  applied,
  balanceOf,
  firstHash,
  hashLine,
  noBooks,
  post,
  transferIdOf,
  usualFact,
  type Books,
  type JournalLine,
  type Move,
} from "@wadi/core/ledger";
import { chargeFor, peakOf, usageOf, type Reading } from "@wadi/core/metering";
import { anchorsRoot, linesRoot, type LedgerAnchor } from "@wadi/core/proof";
import {
  asId,
  bytes,
  durationOf,
  microYuan,
  minus,
  rate,
  yuan,
  type HoldId,
  type JobId,
  type MicroYuan,
  type ProviderId,
  type RunId,
  type TenantId,
} from "@wadi/core/units";
import type { accountView, auditReport, chargeEvidence, transferView } from "@wadi/protocol";
import type { z } from "zod";
import { idOf } from "./fixtures.ts";

type Transfer = z.output<typeof transferView>;
type Evidence = z.output<typeof chargeEvidence>;

/** Books of one job that ran for an hour on eight cards, as a truthful hub shows them. */
export interface TrueBooks {
  readonly transfers: readonly Transfer[];
  readonly accounts: readonly z.output<typeof accountView>[];
  readonly charges: readonly Evidence[];
  readonly report: z.output<typeof auditReport>;
  /** Of two days. */
  readonly anchors: readonly LedgerAnchor[];
}

const tenant = asId<TenantId>("acme");
const provider = asId<ProviderId>("lakeside");
const job = idOf<JobId>(1);
const run = idOf<RunId>(101);
const hold = asId<HoldId>("01990000-0000-7000-8000-0000000000aa");
const start = Temporal.Instant.from("2026-11-01T00:00:00Z");
const sha256 = (text: string) => hash("sha256", text, "hex");

export function trueBooks(): TrueBooks {
  const evidence = oneCharge();
  const { cash, platformFee } = evidence.charge;
  const held = yuan(100);
  const [prepaid, aside] = [accounts.prepaid(tenant), accounts.held(tenant)];
  const payable = accounts.payable(provider);
  const lines = [
    { kind: "top-up", from: accounts.bank(), to: prepaid, amount: yuan(1000), hold: null },
    { kind: "hold", from: prepaid, to: aside, amount: held, hold },
    { kind: "cash", from: aside, to: payable, amount: cash, hold },
    { kind: "fee", from: payable, to: accounts.platformFee(), amount: platformFee, hold: null },
    { kind: "release", from: aside, to: prepaid, amount: minus(held, cash), hold },
  ] as const satisfies Move[];
  const { journal, books } = write(lines);
  const head = journal.at(-1)!;
  return {
    transfers: journal.map(({ from, to, ...line }) => ({
      ...line,
      book: from.book,
      from: from.path,
      to: to.path,
    })),
    accounts: [...books.accounts.values()].map((account) => ({
      path: account.path,
      book: account.book,
      debits: account.debits,
      credits: account.credits,
      balance: balanceOf(account),
    })),
    charges: [evidence],
    report: {
      at: start,
      transfers: head.seq,
      head: head.hash,
      checks: [{ name: "all is well", checked: head.seq, problems: [] }],
      holds: true,
    },
    anchors: anchorsOf(journal),
  };
}

/** The first two lines are of one day, all but the last of the others of the next. */
function anchorsOf(journal: readonly JournalLine[]): LedgerAnchor[] {
  const anchors: LedgerAnchor[] = [];
  for (const [after, seq] of [
    [0, 2],
    [2, 4],
  ] as const) {
    const lines = journal.slice(after, seq).map(({ hash: one }) => one);
    const day = `2026-11-0${seq}`;
    const until = start.add({ hours: 24 * seq });
    const { hash: last } = journal[seq - 1]!;
    const anchor = { day, until, seq: BigInt(seq), hash: last, lines: linesRoot(lines, sha256) };
    anchors.push({ ...anchor, root: anchorsRoot([...anchors, anchor], sha256) });
  }
  return anchors;
}

function write(moves: readonly Move[]): { journal: JournalLine[]; books: Books } {
  const journal: JournalLine[] = [];
  let books = noBooks;
  let before = firstHash(sha256);
  for (const [index, move] of moves.entries()) {
    const isOfRun = ["cash", "fee", "release"].includes(move.kind);
    const fact = isOfRun ? usualFact({ ...move, run }) : `${move.kind}/${index}`;
    const at = start.add({ seconds: index });
    const line = {
      ...move,
      seq: BigInt(index + 1),
      fact,
      note: "",
      job: isOfRun ? job : null,
      run: isOfRun ? run : null,
      happenedAt: at,
      knownAt: at,
    };
    before = hashLine(before, line, sha256);
    journal.push({ ...line, id: transferIdOf(fact, sha256), hash: before });
    const posting = post(books, [move]);
    if (posting.kind === "refused") throw new Error(posting.reason.code);
    books = applied(books, posting);
  }
  return { journal, books };
}

function oneCharge(): Evidence {
  const perCardHour = yuan(10);
  const model = asId<Evidence["model"]>("ascend-910b2");
  const reading: Reading = {
    number: 1,
    from: start,
    to: start.add({ hours: 1 }),
    cards: 8,
    cpuTime: durationOf(1000),
    peakMemoryBytes: bytes(1024),
    final: true,
  };
  const share = { cash: yuan(100), voucher: microYuan(0), programme: null, voucherRate: null };
  const feeRate = rate(30_000);
  const peak = peakOf(model);
  const prices = flatPrice(perCardHour);
  const terms = { peak, prices, feeRate, charged: true, share, cardShare: 1000 };
  const charge = chargeFor(usageOf([reading]), terms);
  return {
    run,
    job,
    tenant,
    provider,
    pool: asId("lakeside-910b"),
    charge: { ...charge, chargedAt: start.add({ hours: 1 }) },
    model,
    cardShare: 1000,
    emulated: false,
    charged: true,
    peak,
    prices: draftOf(perCardHour),
    readings: [reading],
    feeRate,
    share: { cash: share.cash, voucher: share.voucher },
    programme: null,
    voucherRate: null,
  };
}

const draftOf = (perCardHour: MicroYuan): Evidence["prices"] =>
  ({
    timeZone: "UTC",
    periods: [
      {
        from: null,
        to: null,
        rules: [
          {
            days: ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
            fromHour: 0,
            toHour: 24,
            perCardHour,
          },
        ],
      },
    ],
    specialDates: [],
  }) satisfies PriceScheduleDraft & Evidence["prices"];
