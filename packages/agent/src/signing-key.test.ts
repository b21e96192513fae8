import { createPublicKey, hash, verify } from "node:crypto";
import { expect, test } from "vitest";
import { batchTextOf } from "@wadi/core/proof";
import { asId, bytes, durationOf, type CentreId } from "@wadi/core/units";
import { entryFields, type NewEntry } from "./work/entry.ts";
import { makeSigningKey, readingSigner } from "./signing-key.ts";

const centre = asId<CentreId>("c1");
const reading = (number: number): NewEntry & { kind: "reading" } => ({
  kind: "reading",
  at: Temporal.Instant.from("2026-03-01T00:00:31Z"),
  run: asId("01990000-0000-7000-8000-000000000001"),
  generation: 1,
  number,
  from: Temporal.Instant.from("2026-03-01T00:00:00.123Z"),
  to: Temporal.Instant.from("2026-03-01T00:00:30.123Z"),
  cards: 8,
  cpuTime: durationOf(1234),
  peakMemoryBytes: bytes(77),
  final: number === 2,
});
const travels = (entry: NewEntry, seq: number): unknown => ({
  ...(JSON.parse(entryFields(entry)) as object),
  seq: `${seq}`,
});
const { secret, open } = makeSigningKey();
const x = Buffer.from(open, "base64").toString("base64url");
const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });

test("readings are signed as they travel, all of a sync together and in their order", () => {
  const sent = [travels(reading(1), 1), travels(reading(2), 2)];
  const signature = readingSigner(centre, secret)(sent)!;
  const isOf = (...readings: Parameters<typeof batchTextOf>[1][number][]) => {
    const text = batchTextOf(centre, readings, (one) => hash("sha256", one, "hex"));
    return verify(null, Buffer.from(text), key, Buffer.from(signature, "base64"));
  };
  expect(isOf(reading(1), reading(2))).toBe(true);
  expect(isOf(reading(2), reading(1))).toBe(false);
  expect(isOf(reading(1))).toBe(false);
  expect(isOf({ ...reading(1), cards: 9 }, reading(2))).toBe(false);
});

test("busy time is signed with the reading it is in", () => {
  const busy = { ...reading(1), busyTime: durationOf(240_000) };
  const signature = readingSigner(centre, secret)([travels(busy, 1)])!;
  const isOf = (one: Parameters<typeof batchTextOf>[1][number]) => {
    const text = batchTextOf(centre, [one], (given) => hash("sha256", given, "hex"));
    return verify(null, Buffer.from(text), key, Buffer.from(signature, "base64"));
  };
  expect(isOf(busy)).toBe(true);
  expect(isOf(reading(1))).toBe(false);
  expect(isOf({ ...busy, busyTime: durationOf(1) })).toBe(false);
});

test("without a key, or without readings, nothing is signed", () => {
  expect(readingSigner(centre, null)([travels(reading(1), 1)])).toBeNull();
  expect(readingSigner(centre, secret)([])).toBeNull();
});
