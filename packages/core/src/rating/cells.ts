import { divide } from "../units/index.ts";
import type { Piece } from "./pieces.ts";
import type { PriceItem, PriceList } from "./price-list.ts";
import { grainSize, sizeOf } from "./price-unit.ts";

/** What one item of one version prices in a month. */
export interface Cell {
  readonly version: number;
  readonly index: number;
  readonly item: PriceItem;
  /** As metered, in steps of the measure. */
  metered: bigint;
  /** The same once uses are rounded to the item's grain: what is paid for. */
  billed: bigint;
  readonly sources: Set<string>;
}

/**
 * Sums pieces by item, in order of version and item. Each use is rounded up to its grain once, all
 * its pieces together; what that adds stands with its last piece. Of a whole month all stands with
 * its first.
 *
 * @param pieces  in order of time
 */
export function cellsOf(pieces: readonly Piece[], list: PriceList): Cell[] {
  const cells = new Map<string, Cell>();
  const uses = new Map<string, Use>();
  for (const piece of pieces) {
    const { line, version, item: index, quantity } = piece;
    const item = list.versions[version]!.items[index]!;
    const key = `${version}/${index}`;
    const cell = cells.get(key) ?? newCell({ version, index, item });
    cells.set(key, cell);
    cell.metered += quantity;
    cell.billed += quantity;
    cell.sources.add(line.ref);
    if (item.grain === null) continue;
    const name = [item.measure, item.basis, item.grain, item.per, line.width, line.use].join("\n");
    const use = uses.get(name) ?? { item, width: BigInt(line.width), parts: [] };
    uses.set(name, use);
    use.parts.push({ cell, quantity });
  }
  for (const use of uses.values()) roundUp(use);
  return [...cells.values()].sort((a, b) => a.version - b.version || a.index - b.index);
}

interface Use {
  readonly item: PriceItem;
  readonly width: bigint;
  readonly parts: { cell: Cell; quantity: bigint }[];
}

const newCell = (of: Pick<Cell, "version" | "index" | "item">): Cell => ({
  ...of,
  metered: 0n,
  billed: 0n,
  sources: new Set(),
});

function roundUp({ item: { grain, per }, width, parts }: Use): void {
  const sum = parts.reduce((all, { quantity }) => all + quantity, 0n);
  if (sum === 0n) return;
  const size = grainSize(grain!, per);
  if (size === null) {
    for (const { cell, quantity } of parts) cell.billed -= quantity;
    parts[0]!.cell.billed += sizeOf("card-month") * width;
    return;
  }
  const step = size * width;
  parts.at(-1)!.cell.billed += divide(sum, step, "up") * step - sum;
}
