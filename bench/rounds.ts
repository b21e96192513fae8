import { randomUUIDv7 } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { asId } from "@wadi/core/units";
import {
  approveRound,
  auditClaims,
  migrate,
  openApplications,
  openDatabase,
  proposeRound,
  type Db,
} from "@wadi/hub";

import { asked, clock, openProgramme, setUp, signer } from "./claims.ts";

/*
 * Many claims of one window that share a short budget, decided together: applied for, proposed by
 * one officer and approved by another in one transaction. No HTTP.
 */

const claims = Number(process.env["BENCH_CLAIMS"] ?? 10_000);
const tenants = 1000;

export async function run(): Promise<void> {
  const stateFolder = await mkdtemp(path.join(tmpdir(), "wadi-bench-"));
  const server = await openDatabase({ stateFolder });
  try {
    await migrate(server.url);
    await setUp(server);
    console.log("| step | claims | seconds | longest pause of the process, ms |");
    console.log("|---|---|---|---|");
    await holdRound(server);
    const checks = await server.transaction(auditClaims, { isolation: "repeatable read" });
    const [problem] = checks.flatMap(({ problems }) => problems);
    if (problem !== undefined) throw new Error(`the counters do not hold: ${problem}`);
    console.log("\nThe audit builds all counters anew and finds them as they are.");
  } finally {
    await server.stop();
    await rm(stateFolder, { recursive: true, force: true });
  }
}

async function holdRound(db: Db): Promise<void> {
  const hub = { db, clock, newId: () => randomUUIDv7() };
  const programme = await openProgramme(db, {
    ...{ caps: [], budget: { amount: "500万" } },
    lifecycle: { mode: "claim-then-redeem", cadence: { kind: "batch" } },
    redemption: { shortage: "equal-ratio" },
  });
  const applications = openApplications(hub);
  const client = async (place: number) => {
    const tenant = asId<never>(`client-${place}`);
    const by = signer("3", { role: "tenant-admin", tenant });
    for (let i = 0; i < claims / tenants; i += 1) {
      const contract = `${programme}/${place}/${i}`;
      await applications.apply({
        ...{ programme, tenant, by, idempotencyKey: contract },
        ...{ fingerprint: new Uint8Array(32), asked: { ...asked, contract } },
      });
    }
  };
  await told("applied for", () =>
    Promise.all(Array.from({ length: tenants }, (_, i) => client(i))),
  );
  const by = (key: string) => signer(key, { fund: asId("city") });
  const of = { programme, window: null, version: null, close: false, by: by("1") };
  const { id, grants, granted } = await told("proposed", () => proposeRound(hub, of));
  await told("approved", () => approveRound(hub, { programme, id, by: by("2") }));
  if (grants !== claims || granted !== 5_000_000_000_000n) {
    throw new Error(`${grants} claims were granted ${granted} micro-yuan of 5,000,000 yuan`);
  }
}

async function told<T>(step: string, work: () => Promise<T>): Promise<T> {
  let [last, longest] = [performance.now(), 0];
  const look = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, 5);
  const began = performance.now();
  const done = await work();
  clearInterval(timer);
  look();
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`| ${step} | ${claims} | ${seconds} | ${Math.round(longest)} |`);
  return done;
}
