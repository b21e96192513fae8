import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { asId, microYuan } from "../units/index.ts";
import { accounts, canonicalLine, firstHash, hashLine, transferIdOf } from "./index.ts";
import type { HashedLine } from "./index.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

const line: HashedLine = {
  seq: 7n,
  kind: "cash",
  from: accounts.held(asId("acme")),
  to: accounts.payable(asId("hill")),
  amount: microYuan(12_500_000n),
  hold: asId("0197a2f0-0000-7000-8000-000000000001"),
  fact: "cash/0197a2f0-0000-7000-8000-000000000002",
  note: "",
  job: null,
  run: asId("0197a2f0-0000-7000-8000-000000000002"),
  happenedAt: Temporal.Instant.from("2026-03-01T08:00:00.123456789+08:00"),
  knownAt: Temporal.Instant.from("2026-03-01T00:00:01Z"),
};

// Never to be changed: journals already written are hashed so.
const canonical =
  "1:1,1:7,4:cash,5:money,9:held/acme,12:payable/hill,8:12500000," +
  "36:0197a2f0-0000-7000-8000-000000000001,41:cash/0197a2f0-0000-7000-8000-000000000002," +
  "0:,0:,36:0197a2f0-0000-7000-8000-000000000002,16:1772323200123456,16:1772323201000000,";

test("a line's text stays what it was when the first journal was written", () => {
  expect(canonicalLine(line)).toBe(canonical);
  expect(hashLine(firstHash(sha256), line, sha256)).toBe(
    sha256(sha256("wadi journal 1") + canonical),
  );
});

test("a transfer's id is the start of its fact's SHA-256", () => {
  expect(transferIdOf("abc", sha256)).toBe("ba7816bf-8f01-cfea-4141-40de5dae2223");
});

test("two notes and facts give one text only if they are the same", () => {
  const anyText = fc.string({ unit: "binary", maxLength: 12 });
  fc.assert(
    fc.property(anyText, anyText, anyText, anyText, (fact, note, otherFact, otherNote) => {
      const one = canonicalLine({ ...line, fact, note });
      const other = canonicalLine({ ...line, fact: otherFact, note: otherNote });
      expect(one === other).toBe(fact === otherFact && note === otherNote);
    }),
  );
});

test("lengths are in bytes of UTF-8, as an encoder counts them", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 40 }), (note) => {
      const length = new TextEncoder().encode(note).length;
      expect(canonicalLine({ ...line, note })).toContain(`${length}:${note},`);
    }),
  );
});
