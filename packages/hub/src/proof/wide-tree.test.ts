import { leafHash, openTree } from "@wadi/core/proof";
import { expect, test } from "vitest";

import { sha256 } from "../ledger/index.ts";
import { openWideTree } from "./wide-tree.ts";

test.each([0, 1, 2, 1023, 1024, 1025, 2048, 2049, 3100])(
  "a tree of %d leaves has the root and the paths of one made at once",
  async (size) => {
    const leaves = Array.from({ length: size }, (_, i) => leafHash(`${i}`, sha256));
    const [wide, plain] = [await openWideTree(leaves), openTree(leaves, sha256)];
    expect(wide.root).toBe(plain.root);
    const places = [0, 1, 511, 1023, 1024, 2047, 2048, size - 1];
    for (const place of places.filter((one) => one >= 0 && one < size)) {
      expect(wide.pathOf(place)).toEqual(plain.pathOf(place));
    }
  },
);
