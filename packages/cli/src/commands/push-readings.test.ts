import { createPublicKey, generateKeyPairSync, hash, verify } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { meterBatchTextOf } from "@wadi/core/proof";
import { asId } from "@wadi/core/units";
import type { MeterReadingBatch } from "@wadi/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startDouble, type HubDouble } from "../testing/hub-double.ts";
import { runProgram } from "../testing/run-program.ts";
import { emptyFolder } from "../testing/run-wadi.ts";

const at = Temporal.Instant.from("2026-12-01T04:00:00Z");
const pair = generateKeyPairSync("ed25519");
let double: HubDouble | undefined;
let folder: string;
beforeEach(() => {
  folder = emptyFolder();
});
afterEach(async () => {
  await double?.close();
  double = undefined;
});

const meter = { source: "gate", tenant: "acme", resource: "chat", measure: "tokens-out" };
const reading = { number: "1", from: "2026-12-01T03:00:00Z", to: `${at}`, quantity: "7" };
const readings = { series: [{ ...meter, basis: "used", readings: [reading] }] };

function put(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

async function push(...args: string[]) {
  double = await startDouble({
    takeMeterReadings: () => ({
      ...{ taken: 1, repeats: 2 },
      odd: [{ series: 0, number: 3n, revision: 0, why: "too-late" }],
    }),
    putMeterKey: ({ body }) => ({
      ...{ signer: "provider/lowland", source: asId<never>("gate"), madeAt: at },
      signingKey: (body as { signingKey: string }).signingKey,
    }),
  });
  return runProgram(["meter", "push", put("r.json", JSON.stringify(readings)), ...args], {
    hub: double.url,
  });
}

test("without a key readings are sent as they are, and what was put aside is told", async () => {
  const ran = await push();
  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain("1 reading taken, 2 there before");
  expect(ran.stdout).toMatch(/0 +3 +0 +too-late/);
  expect(double!.callsOf("takeMeterReadings")[0]!.body).toMatchObject({ signatures: [] });
  expect(double!.callsOf("putMeterKey")).toEqual([]);
});

test("with a key it is registered, and each source's readings are signed with it", async () => {
  const pem = pair.privateKey.export({ type: "pkcs8", format: "pem" });
  const ran = await push("--sign-with", put("gate.pem", pem));
  expect(ran).toMatchObject({ code: 0 });
  expect(ran.stdout).toContain("1 reading taken, signed,");
  const body = double!.callsOf("takeMeterReadings")[0]!.body as MeterReadingBatch;
  const [given] = body.signatures;
  const by = { signer: "provider/lowland", source: asId<never>("gate") };
  const text = meterBatchTextOf(by, body.series, (one) => hash("sha256", one, "hex"));
  const key = createPublicKey(pair.publicKey.export({ type: "spki", format: "pem" }));
  const signature = Buffer.from(given!.signature, "base64");
  expect(verify(null, Buffer.from(text), key, signature)).toBe(true);
  expect(double!.callsOf("putMeterKey")[0]!.params).toEqual({ source: "gate" });
});

test.each([
  ["none.pem", undefined, "there is no file"],
  ["text.pem", "no key", "has no Ed25519 private key"],
  ["rsa.pem", "rsa", "has no Ed25519 private key"],
])("a key that is none is told with how to make one: %s", async (name, text, told) => {
  const rsa = () => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const pem = text === "rsa" ? rsa().export({ type: "pkcs8", format: "pem" }) : text;
  const file = pem === undefined ? join(folder, name) : put(name, pem);
  const ran = await push("--sign-with", file);
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain(told);
  expect(ran.stderr).toContain("openssl genpkey -algorithm ed25519");
});
