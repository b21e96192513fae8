import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  asId,
  microYuan,
  oneFen,
  type FundId,
  type HoldId,
  type JobId,
  type ProgrammeId,
  type ProviderId,
  type TenantId,
} from "../units/index.ts";
import {
  accountKinds,
  applied,
  asWritten,
  breaches,
  differences,
  firstHash,
  fundBook,
  hashLine,
  heldBy,
  moneyBook,
  noBooks,
  openVerifier,
  post,
  transferIdOf,
  transferKinds,
  type AccountKind,
  type AccountRef,
  type Books,
  type JournalLine,
  type Move,
  type Sha256,
  type TransferKind,
} from "./index.ts";

/*
 * Random histories of a small region: two tenants, two providers, one fund with one programme.
 * Whatever is asked, in whatever order, the laws hold and the journal proves itself.
 */

const sha256: Sha256 = (text) => createHash("sha256").update(text).digest("hex");

const anyTenant = fc.constantFrom<TenantId>(asId("acme"), asId("north"));
const anyProvider = fc.constantFrom<ProviderId>(asId("hill"), asId("lake"));
const anyHold = fc.constantFrom<HoldId>(asId("h1"), asId("h2"), asId("h3"));
const fund: FundId = asId("city");
const programme: ProgrammeId = asId("ai");

/** Small amounts, so that many are covered; some negative, zero or below a fen. */
const anyAmount = fc
  .oneof(
    { weight: 8, arbitrary: fc.integer({ min: 1, max: 50 }).map((n) => BigInt(n) * oneFen) },
    { weight: 1, arbitrary: fc.integer({ min: -5, max: 25_000 }).map(BigInt) },
  )
  .map(microYuan);

/** Each kind of transfer as it is meant, from chosen parties. */
const makers = Object.fromEntries(
  Object.entries(transferKinds).map(([kind, { from, to, sameOwner }]) => [
    kind,
    (p: Parties) => ({
      from: ofKind(from, p.tenant, p.provider),
      to: ofKind(to, sameOwner ? p.other : to === from ? another(p.tenant) : p.tenant, p.provider),
    }),
  ]),
) as Record<TransferKind, (p: Parties) => Pick<Move, "from" | "to">>;

function ofKind(kind: AccountKind, tenant: TenantId, provider: ProviderId): AccountRef {
  const owners = { tenant, provider, fund, programme };
  const { book, path } = accountKinds[kind];
  const names = [kind, ...path.map((part) => owners[part])];
  return {
    kind,
    path: asId(names.join("/")),
    book: book === "money" ? moneyBook : fundBook(fund),
  };
}
const another = (tenant: TenantId): TenantId => asId(tenant === "acme" ? "north" : "acme");

interface Parties {
  tenant: TenantId;
  /** Mostly the same tenant: another one makes the move wrong. */
  other: TenantId;
  provider: ProviderId;
}

const withHold = (kind: TransferKind) => transferKinds[kind].hold !== "none";

const anyMove: fc.Arbitrary<Move> = fc
  .record({
    kind: fc.constantFrom(...(Object.keys(makers) as TransferKind[])),
    tenant: anyTenant,
    stranger: fc.boolean(),
    provider: anyProvider,
    amount: anyAmount,
    hold: anyHold,
    confused: fc.integer({ min: 0, max: 19 }).map((n) => n === 0),
  })
  .map(({ kind, tenant, stranger, provider, amount, hold, confused }) => ({
    kind,
    ...makers[kind]({ tenant, other: stranger ? asId("acme") : tenant, provider }),
    amount,
    hold: withHold(kind) === confused ? null : hold,
  }));

/** The other half in the book of money, as the hub posts them together. */
function otherHalf({ kind, amount }: Move): TransferKind | undefined {
  if (kind === "clawed-back") return "owe-back";
  if (kind === "claw-back-undone") {
    return amount % (2n * oneFen) === 0n ? "pay-back-undone" : "owe-back-undone";
  }
  if (kind !== "redeem") return undefined;
  return amount % (2n * oneFen) === 0n ? "subsidy" : "reimburse";
}

/** They come with their first halves only. */
const secondHalves: ReadonlySet<TransferKind> = new Set([
  "subsidy",
  "reimburse",
  "pay-back-undone",
  "owe-back-undone",
]);

const anyGroup: fc.Arbitrary<Move[]> = fc
  .array(anyMove, { minLength: 1, maxLength: 3 })
  .map((group) =>
    group
      .filter(({ kind }) => !secondHalves.has(kind))
      .flatMap((move) => {
        const kind = otherHalf(move);
        return kind ? [move, { ...move, ...makers[kind](parties), kind, hold: null }] : [move];
      }),
  );
const parties: Parties = { tenant: asId("acme"), other: asId("acme"), provider: asId("hill") };

/** Each tenant's first weeks: what many kinds need to have happened before them. */
const firstWeeks = (["acme", "north"] as const).flatMap((name) => {
  const of: Parties = { tenant: asId(name), other: asId(name), provider: asId("hill") };
  const kinds: Partial<Record<TransferKind, bigint>> = {
    ...{ "top-up": 900n, hold: 600n, cash: 400n, fee: 200n, tax: 100n },
    ...{ appropriate: 900n, grant: 700n, expire: 100n, reserve: 500n, redeem: 300n, subsidy: 300n },
    ...{ "claw-back": 100n, deposit: 50n, "send-payout": 100n, dispute: 100n },
  };
  return (Object.keys(kinds) as TransferKind[]).map((kind): Move => {
    const amount = microYuan(kinds[kind]! * oneFen);
    return { kind, ...makers[kind](of), amount, hold: withHold(kind) ? asId("h1") : null };
  });
});
const anyHistory = fc
  .tuple(fc.boolean(), fc.array(anyGroup, { maxLength: 60, size: "max" }))
  .map(([begun, groups]) => (begun ? [firstWeeks, ...groups] : groups));

const postOrKeep = (books: Books, group: Move[]) => applied(books, post(books, group));
const standing = ({ accounts: all, holds }: Books) => ({
  accounts: [...all.values()],
  held: heldBy(holds.values()),
});

/** What a hub would have written down: the groups that were posted, chained. */
function journalOf(history: Move[][]): { lines: JournalLine[]; books: Books } {
  const lines: JournalLine[] = [];
  let books = noBooks;
  let hash = firstHash(sha256);
  for (const group of history) {
    const posting = post(books, group);
    if (posting.kind === "refused") continue;
    books = applied(books, posting);
    for (const move of group) {
      const seq = BigInt(lines.length + 1);
      const at = Temporal.Instant.fromEpochMilliseconds(1_767_225_600_000 + lines.length);
      const line = {
        ...move,
        seq,
        fact: `test/${seq}`,
        note: seq % 3n === 0n ? "电汇 €" : "",
        job: asId<JobId>("j"),
        run: null,
        happenedAt: at,
        knownAt: at,
      };
      hash = hashLine(hash, line, sha256);
      lines.push({ ...line, id: transferIdOf(line.fact, sha256), hash });
    }
  }
  return { lines, books };
}

function verify(lines: JournalLine[]) {
  const verifier = openVerifier({ sha256 });
  verifier.take(lines);
  return verifier.found();
}

test("whatever is asked, in whatever order, every law of the books holds", () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      const books = history.reduce(postOrKeep, noBooks);
      expect(breaches(standing(books))).toEqual([]);
      for (const { remaining, placed } of books.holds.values()) {
        expect(remaining).toBeGreaterThanOrEqual(0n);
        expect(remaining).toBeLessThanOrEqual(placed);
      }
    }),
    { numRuns: 500 },
  );
});

test("histories of the generator do post: the laws are not proved of empty books", () => {
  const posted = new Set<TransferKind>();
  for (const history of fc.sample(anyHistory, { numRuns: 2000, seed: 1 })) {
    for (const { kind } of journalOf(history).lines) posted.add(kind);
  }
  expect([...posted].sort()).toEqual(Object.keys(makers).sort());
});

test("a refused group changes nothing, however many of its moves were right", () => {
  fc.assert(
    fc.property(anyHistory, anyGroup, anyAmount, (history, group, amount) => {
      const books = history.reduce(postOrKeep, noBooks);
      const bad: Move = { ...makers.cash(parties), kind: "cash", amount, hold: asId("h9") };
      const posting = post(books, [...group, bad]);
      expect(posting.kind).toBe("refused");
      expect(applied(books, posting)).toBe(books);
    }),
  );
});

test("the journal of any history proves itself and gives the balances again", () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      const { lines, books } = journalOf(history);
      const found = verify(lines);
      expect(found.problems).toEqual([]);
      expect(differences(books.accounts.values(), found.accounts)).toEqual([]);
      expect(heldBy(found.openHolds.values())).toEqual(
        heldBy([...books.holds.values()].filter(({ remaining }) => remaining > 0n)),
      );
    }),
  );
});

test("a journal of nonsense is a list of problems, not a crash", () => {
  const at = Temporal.Instant.fromEpochMilliseconds(0);
  const nonsense = asWritten({
    seq: 1n,
    id: asId("x"),
    kind: "gift",
    book: "attic",
    from: "chest/of/gold",
    to: "",
    amount: microYuan(1n),
    hold: null,
    fact: "none",
    note: "",
    job: null,
    run: null,
    happenedAt: at,
    knownAt: at,
    hash: "0",
  });
  expect(verify([nonsense]).problems).toEqual([
    "transfer 1: does not have the hash that it and the line before give",
    "transfer 1: has an id that its fact denies",
    "transfer 1: chest/of/gold is in no chart of accounts",
    "transfer 1:  is in no chart of accounts",
    "transfer 1: gift is no kind of transfer",
  ]);
});

type Forgery = (lines: JournalLine[], at: number) => JournalLine[];

const forgeries: Record<string, Forgery> = {
  "an amount is changed": (lines, at) =>
    lines.with(at, { ...lines[at]!, amount: microYuan(lines[at]!.amount + oneFen) }),
  "a line is dropped": (lines, at) => lines.toSpliced(at, 1),
  "a line is doubled": (lines, at) => lines.toSpliced(at, 0, lines[at]!),
  "a time is changed": (lines, at) =>
    lines.with(at, { ...lines[at]!, happenedAt: lines[at]!.happenedAt.add({ seconds: 1 }) }),
  "a note is changed": (lines, at) => lines.with(at, { ...lines[at]!, note: "for someone else" }),
  "two lines change places": (lines, at) => {
    const other = (at + 1) % lines.length;
    return lines.with(at, lines[other]!).with(other, lines[at]!);
  },
};

test.each(Object.entries(forgeries))("the verifier notices when %s", (_, forge) => {
  fc.assert(
    fc.property(anyHistory, fc.nat(), (history, where) => {
      const { lines } = journalOf(history);
      fc.pre(lines.length >= 2);
      const forged = forge(lines, where % lines.length);
      const honest = verify(lines);
      const found = verify(forged);
      const sameHead = found.head.hash === honest.head.hash && found.lines === honest.lines;
      expect(found.problems.length > 0 || !sameHead).toBe(true); // a lost end shows in the head
    }),
  );
});

test("an anchor written down before shows a journal that was made anew from that line on", () => {
  const topUp = (yuan: bigint): Move[] => [
    { kind: "top-up", ...makers["top-up"](parties), amount: microYuan(yuan), hold: null },
  ];
  const honest = journalOf([topUp(1n), topUp(2n), topUp(3n)]).lines;
  const remade = journalOf([topUp(1n), topUp(9n), topUp(3n)]).lines;
  const anchor = { seq: 2n, hash: honest[1]!.hash };

  const verifier = openVerifier({ sha256, anchors: [anchor] });
  verifier.take(remade);
  expect(verify(remade).problems).toEqual([]);
  expect(verifier.found().problems).toEqual([
    `transfer 2: has another hash than the anchor ${anchor.hash}`,
  ]);
});
