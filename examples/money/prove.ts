import { execFile } from "node:child_process";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { routes } from "@wadi/protocol";

import { monthSpan } from "./calendar.ts";
import { holds, type Check } from "./checks.ts";
import type { Region } from "./region.ts";

const cli = path.join(import.meta.dirname, "../../packages/cli/src/main.ts");
const runFile = promisify(execFile);

/** What came of a command in a process of its own. */
interface Ended {
  readonly code: number;
  readonly text: string;
}

/** The command line as anybody runs it; it knows nothing of this process. */
async function wadi(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const options = { env: { ...process.env, NO_COLOR: "1", ...env }, maxBuffer: 64 * 1024 * 1024 };
  try {
    const { stdout, stderr } = await runFile(process.execPath, [cli, ...args], options);
    return { code: 0, text: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (typeof code !== "number") throw error;
    return { code, text: `${stdout}${stderr}` };
  }
}

/**
 * Writes some tenants' bills with all that proves them, and has `wadi verify` make them anew,
 * which knows neither the hub nor its database. A bill with one figure changed has to be found.
 */
export async function proveBills(
  { operator, anchors }: Region,
  { tenants, out }: { tenants: readonly string[]; out: string },
): Promise<Check[]> {
  await mkdir(out, { recursive: true });
  const files: string[] = [];
  for (const tenant of tenants) {
    const asked = { params: { id: tenant as never }, query: { ...monthSpan } };
    const bill = await operator.client.wire(routes.tenantBundle, asked);
    files.push(path.join(out, `bundle-${tenant}.json`));
    await writeFile(files.at(-1)!, `${JSON.stringify(bill)}\n`);
  }
  const published = path.join(out, "anchors.jsonl");
  await copyFile(anchors, published);
  const right = await wadi(["verify", ...files, "--anchors", published]);
  await writeFile(path.join(out, "verify.txt"), right.text);
  const forged = await forge(operator.client.wire.bind(operator.client), tenants[0]!, out);
  const found = await wadi(["verify", forged]);
  return [
    holds(`wadi verify: ${files.length} bundles`, right.code === 0 ? [] : [right.text]),
    holds("wadi verify: a forged one is found", found.code === 1 ? [] : [found.text]),
  ];
}

/** The first bill, with a voucher's part one fen larger. */
async function forge(
  wire: Region["operator"]["client"]["wire"],
  tenant: string,
  out: string,
): Promise<string> {
  const asked = { params: { id: tenant as never }, query: { ...monthSpan } };
  const bill = (await wire(routes.tenantBundle, asked)) as { totals: { cash: string } };
  const totals = { ...bill.totals, cash: `${bill.totals.cash}1` };
  const file = path.join(out, "forged.json");
  await writeFile(file, JSON.stringify({ ...bill, totals }));
  return file;
}

/** The whole ledger, proved from its journal and readings by `wadi audit`, and by the hub. */
export async function proveBooks(region: Region, out: string): Promise<Check[]> {
  const { url, key, anchors, operator } = region;
  const env = { WADI_HUB: url, WADI_KEY: key };
  const written = path.join(out, "anchors-audited.jsonl"); // the audit adds a line to it
  await copyFile(anchors, written);
  const { code, text } = await wadi(["audit", "--anchor", written], env);
  await writeFile(path.join(out, "audit.txt"), text);
  const { checks } = await operator.ask(routes.auditBooks);
  const days = await operator.all(routes.listAnchors);
  return [
    holds(`wadi audit, against ${days.length} published anchors`, code === 0 ? [] : [text]),
    ...checks.map(({ name, problems }) => holds(`law: ${name}`, problems)),
  ];
}
