import { createPrivateKey, createPublicKey, hash, sign, type KeyObject } from "node:crypto";
import type { SourceId } from "@wadi/core/metering";
import { meterBatchTextOf } from "@wadi/core/proof";
import { meterReadingBatch, routes, type MeterReadingBatch } from "@wadi/protocol";
import type { Context } from "../context.ts";
import { wrongUse } from "../failure.ts";
import { readIfThere } from "../read-if-there.ts";
import { counted } from "../show/format.ts";
import { table, type Column } from "../show/table.ts";
import { readAs } from "../spec/check-document.ts";

/** Reports what meters read, signed source by source where a key is given. */
export async function pushReadings(
  context: Context,
  { file, signWith }: { readonly file: string; readonly signWith?: string },
): Promise<void> {
  const batch = await readAs(file, meterReadingBatch);
  const key = signWith === undefined ? undefined : await readKey(signWith);
  const body = key ? await signed(context, batch, key) : batch;
  const { json, value } = await context.ask(routes.takeMeterReadings, { body });
  if (context.json) return context.printJson(json);
  const { taken, repeats, odd } = value;
  const by = key ? ", signed" : "";
  context.print(`${counted(taken, "reading")} taken${by}, ${repeats} there before`);
  if (odd.length === 0) return;
  context.note(`${counted(odd.length, "reading")} put aside, without effect:`);
  context.print(...table(odd, columns, context));
}

interface Odd {
  readonly series: number;
  readonly number: bigint;
  readonly revision: number;
  readonly why: string;
}
const columns: readonly Column<Odd>[] = [
  { head: "SERIES", cell: ({ series }) => String(series), keep: 3, align: "number" },
  { head: "NUMBER", cell: ({ number }) => String(number), keep: 5, align: "number" },
  { head: "REVISION", cell: ({ revision }) => String(revision), keep: 4, align: "number" },
  { head: "WHY", cell: ({ why }) => why, keep: 9 },
];

/** With a signature for each source; those that have no key yet are given this one. */
async function signed(
  context: Context,
  batch: MeterReadingBatch,
  key: KeyObject,
): Promise<MeterReadingBatch> {
  const { x } = createPublicKey(key).export({ format: "jwk" });
  const signingKey = Buffer.from(x!, "base64url").toString("base64");
  const signatures: MeterReadingBatch["signatures"] = [];
  for (const source of new Set(batch.series.map((one) => one.source))) {
    const { signer } = await register(context, source, signingKey);
    const sha256 = (text: string) => hash("sha256", text, "hex");
    const text = meterBatchTextOf({ signer, source }, batch.series, sha256);
    const signature = sign(null, Buffer.from(text), key).toString("base64");
    signatures.push({ source, signature });
  }
  return { ...batch, signatures };
}

/** Says under whose name the hub takes the source's readings, which is signed with them. */
async function register(context: Context, source: SourceId, signingKey: string) {
  const asked = { params: { source }, body: { signingKey } };
  return (await context.ask(routes.putMeterKey, asked)).value;
}

async function readKey(file: string): Promise<KeyObject> {
  const text = await readIfThere(file);
  const cure = `make a key with: openssl genpkey -algorithm ed25519 -out ${file}`;
  if (text === undefined) throw wrongUse(`there is no file ${file}`, cure);
  const key = attempt(() => createPrivateKey(text));
  if (key?.asymmetricKeyType === "ed25519") return key;
  throw wrongUse(`${file} has no Ed25519 private key without a passphrase, in PEM`, cure);
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
