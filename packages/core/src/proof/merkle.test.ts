import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { growingTree, leafHash, merkleRoot, openTree, rootOf } from "./index.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** RFC 6962 as it is written: split at the largest power of two below the size. */
function byTheBook(leaves: readonly string[]): string {
  if (leaves.length === 0) return sha256("");
  if (leaves.length === 1) return leaves[0]!;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(`\u0001${byTheBook(leaves.slice(0, split))}${byTheBook(leaves.slice(split))}`);
}
const leavesOf = (size: number) => Array.from({ length: size }, (_, i) => leafHash(`${i}`, sha256));

test("trees of every size up to 130 have the root that the RFC gives them", () => {
  for (let size = 0; size <= 130; size += 1) {
    const leaves = leavesOf(size);
    expect(merkleRoot(leaves, sha256)).toBe(byTheBook(leaves));
    const growing = growingTree(sha256);
    for (const leaf of leaves) growing.add(leaf);
    expect(growing.root()).toBe(byTheBook(leaves));
  }
});

test("the path of each leaf leads to the root, and no other place, path, leaf or size does", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 70 }), fc.nat(), fc.nat(), (size, where, other) => {
      const tree = openTree(leavesOf(size), sha256);
      const place = where % size;
      const path = tree.pathOf(place);
      const lead = (differs: object, leaf = leafHash(`${place}`, sha256)) =>
        rootOf(leaf, { place, path, size, ...differs }, sha256);
      expect(lead({})).toBe(tree.root);
      expect(lead({}, leafHash("x", sha256))).not.toBe(tree.root);
      expect(lead({ place: size + (other % 3) })).toBeUndefined();
      expect(lead({ place: (place + 1 + (other % (size - 1))) % size })).not.toBe(tree.root);
      expect(lead({ path: [...path, tree.root] })).toBeUndefined();
      expect(lead({ path: path.slice(1) })).not.toBe(tree.root);
      const at = other % path.length;
      expect(lead({ path: path.with(at, leafHash("y", sha256)) })).not.toBe(tree.root);
    }),
    { numRuns: 500 },
  );
});

test("an inner hash cannot pass for a leaf", () => {
  const [left, right] = leavesOf(2);
  expect(leafHash(`${left}${right}`, sha256)).not.toBe(merkleRoot([left!, right!], sha256));
});
