import { asWritten, firstHash, hashLine, transferIdOf, type Sha256 } from "../ledger/index.ts";
import type { RunId } from "../units/index.ts";
import { anchorLeaf, lineLeaf } from "./anchor.ts";
import type { Bundle, BundleTransfer } from "./bundle.ts";
import { isOwn, voucherOf } from "./bundle.ts";
import { growingTree, rootOf } from "./merkle.ts";

interface Tools {
  readonly sha256: Sha256;
}

/** Anchors follow one another, and each root covers all before it. */
export function* wrongInAnchors({ anchors }: Bundle, { sha256 }: Tools): Generator<string> {
  const tree = growingTree(sha256);
  for (const [i, anchor] of anchors.entries()) {
    tree.add(anchorLeaf(anchor, sha256));
    const before = anchors[i - 1];
    if (before && Temporal.Instant.compare(before.until, anchor.until) >= 0) {
      yield `anchor ${i}: ${anchor.day} does not come after ${before.day}`;
    }
    if (anchor.seq < (before?.seq ?? 0n)) yield `anchor ${i}: covers less than the one before`;
    if (!anchor.isPublished && i < anchors.length - 1) {
      yield `anchor ${i}: only the last may be of this moment`;
    }
    if (tree.root() !== anchor.root) {
      yield `anchor ${i}: the root of ${anchor.day} is not what it and the anchors before give`;
    }
  }
}

/** Each line has the hash it must have, stands where its anchor has it, and is the tenant's. */
export function* wrongInTransfers(bundle: Bundle, { sha256 }: Tools): Generator<string> {
  const { tenant, transfers } = bundle;
  yield* wrongInChain(bundle, transfers, sha256);
  const runs = new Set<RunId | null>(bundle.charges.map(({ run }) => run));
  for (const line of transfers) {
    const at = `transfer ${line.seq}`;
    if (!isWithin(bundle, line.knownAt)) yield `${at}: was known at ${line.knownAt}, out of time`;
    const isOurs = isOwn(line.from, tenant) || isOwn(line.to, tenant) || runs.has(line.run);
    if (isOurs) continue;
    const what = line.run
      ? `of the run ${line.run}, which the bill leaves out`
      : "not the tenant's";
    yield `${at}: is ${what}`;
  }
}

/** The same of those from before the time; each is of one of the tenant's vouchers. */
export function* wrongInEarlier(bundle: Bundle, { sha256 }: Tools): Generator<string> {
  const { tenant, earlier } = bundle;
  yield* wrongInChain(bundle, earlier, sha256);
  for (const line of earlier) {
    const at = `transfer ${line.seq}`;
    if (Temporal.Instant.compare(line.knownAt, bundle.from) >= 0) {
      yield `${at}: was known at ${line.knownAt}, not before the bill's time`;
    }
    if ((voucherOf(line.from, tenant) ?? voucherOf(line.to, tenant)) === undefined) {
      yield `${at}: is of no voucher of the tenant's`;
    }
  }
}

function* wrongInChain(
  bundle: Bundle,
  lines: readonly BundleTransfer[],
  sha256: Sha256,
): Generator<string> {
  for (const [i, line] of lines.entries()) {
    const at = `transfer ${line.seq}`;
    const before = lines[i - 1];
    if (before && before.seq >= line.seq) yield `${at}: does not come after ${before.seq}`;
    const previous = line.seq === 1n ? firstHash(sha256) : following(before, line);
    if (previous !== undefined && previous !== line.previous) {
      yield `${at}: does not go on from the line before it`;
    }
    if (hashLine(line.previous, asWritten(line), sha256) !== line.hash) {
      yield `${at}: does not have the hash that it and the line before give`;
    }
    if (line.id !== transferIdOf(line.fact, sha256)) yield `${at}: has an id that its fact denies`;
    yield* wrongInPlace(bundle, line, sha256);
  }
}

const following = (before: BundleTransfer | undefined, line: BundleTransfer) =>
  before && before.seq + 1n === line.seq ? before.hash : undefined;

function* wrongInPlace(
  { anchors }: Bundle,
  line: BundleTransfer,
  sha256: Sha256,
): Generator<string> {
  const at = `transfer ${line.seq}`;
  const anchor = anchors[line.anchor];
  if (!anchor) {
    yield `${at}: there is no anchor ${line.anchor}`;
    return;
  }
  const after = anchors[line.anchor - 1]?.seq ?? 0n;
  const size = Number(anchor.seq - after);
  const place = Number(line.seq - after) - 1;
  if (place < 0 || place >= size || place !== line.place) {
    yield `${at}: is not at ${line.place} of what the anchor of ${anchor.day} covers`;
    return;
  }
  const root = rootOf(lineLeaf(line.hash, sha256), { ...line, size }, sha256);
  if (root !== anchor.lines) yield `${at}: its path does not lead to the anchor of ${anchor.day}`;
  if (line.seq === anchor.seq && line.hash !== anchor.hash) {
    yield `${at}: the anchor of ${anchor.day} has another hash`;
  }
}

export const isWithin = ({ from, until }: Bundle, at: Temporal.Instant): boolean =>
  Temporal.Instant.compare(from, at) <= 0 && Temporal.Instant.compare(at, until) < 0;
