import { randomUUIDv7 } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { accounts, type Transfer } from "@wadi/core/ledger";
import { asId, yuan, type KeyId, type ProgrammeId } from "@wadi/core/units";
import { play, type ProgrammeRules, type RecordedCase } from "@wadi/core/vouchers";
import {
  approveRules,
  auditClaims,
  connectDb,
  migrate,
  openApplications,
  openDatabase,
  postTransfers,
  putRules,
  type Applying,
  type Db,
} from "@wadi/hub";
import { caseFields, programmeRules } from "@wadi/protocol";
import { parse } from "yaml";
import { z } from "zod";

/*
 * Claims at once on a budget with one fen of room, by the use case itself over the hub's pool of
 * connections; no HTTP. Those that come at once are decided in one transaction, each after the one
 * before it; each is durable when it is answered, with its events, its entry in the audit trail and
 * its idempotency key. Beside it, in the same run, one claim after another on one connection. Then
 * a what-if of as many claims.
 */

const claims = Number(process.env["BENCH_CLAIMS"] ?? 100_000);
const clients = Number(process.env["BENCH_CLIENTS"] ?? 1000);
const grantedClaims = Math.min(claims, 3000);
const rivalClaims = 1000;
const whatIfGoalSeconds = 60;

export async function run(): Promise<void> {
  const stateFolder = await mkdtemp(path.join(tmpdir(), "wadi-bench-"));
  const server = await openDatabase({ stateFolder });
  const single = connectDb(server.url, { connectionsMax: 1 });
  try {
    await migrate(server.url);
    await setUp(server);
    console.log("| what | clients | claims | granted | refused | a second |");
    console.log("|---|---|---|---|---|---|");
    const oneFen = await openProgramme(server, { budget: { amount: "0.01" }, caps: [] });
    await measure(server, { programme: oneFen, what: "one fen of room", clients, claims });
    await measure(single, {
      ...{ programme: oneFen, what: "no room, one after another, one connection" },
      ...{ clients: 1, claims: rivalClaims },
    });
    const wide = await openProgramme(server, { budget: { amount: "9000万" }, caps: [] });
    const all = { programme: wide, what: "room for all", clients, claims: grantedClaims };
    await measure(server, all);
    await measure(single, {
      ...{ programme: wide, what: "room for all, one after another, one connection" },
      ...{ clients: 1, claims: rivalClaims },
    });
    await audit(server);
    await whatIf();
  } finally {
    await single.close();
    await server.stop();
    await rm(stateFolder, { recursive: true, force: true });
  }
}

export async function setUp(db: Db): Promise<void> {
  const now = Temporal.Now.instant();
  await db.sql`insert into funds (id, name, opened_at) values ('city', 'City', ${now})`;
  await db.sql`insert into tenants (id, name, created_at)
    select 'client-' || i, 'Client', ${now} from generate_series(0, ${clients - 1}::int) as i`;
  const fund = asId<never>("city");
  const budget: Transfer = {
    ...{ kind: "appropriate", fact: "appropriate", amount: yuan(200_000_000n) },
    ...{ from: accounts.appropriation(fund), to: accounts.available(fund) },
    ...{ hold: null, job: null, run: null, note: "", happenedAt: now },
  };
  await db.transaction((sql) => postTransfers(sql, [[budget]], now));
}

export const signer = (key: string, more: object) => ({
  requestId: "bench",
  signer: {
    key: asId<KeyId>(`00000000-0000-4000-8000-00000000000${key}`),
    ...{ permissions: new Set<never>(), tenant: null, provider: null, fund: null, agent: null },
    ...{ role: "programme-officer" as const, ...more },
  },
});

/** Langfang's rules, half of the compute, with what differs; approved by a second person. */
export async function openProgramme(db: Db, differs: object): Promise<ProgrammeId> {
  const rules = await rulesWith({ programme: `p-${randomUUIDv7().slice(-12)}`, ...differs });
  const hub = { db, clock };
  const by = (key: string) => signer(key, { fund: asId("city") });
  await putRules(hub, { id: rules.id, rules, by: by("1") });
  await approveRules(hub, { id: rules.id, version: 1, by: by("2") });
  return rules.id;
}

async function rulesWith(differs: object): Promise<ProgrammeRules> {
  const file = new URL("../programmes/langfang-ai.yaml", import.meta.url);
  const written = parse(await readFile(file, "utf8")) as object;
  const payers = [{ code: "city", text: { en: "city", zh: "市" }, level: "city", fund: "city" }];
  const version = { number: 1, inForce: { from: "2020-01-01" } };
  return programmeRules.parse({ ...written, payers, version, ...differs });
}

export const clock = { now: () => Temporal.Now.instant() };

interface Load {
  readonly programme: ProgrammeId;
  readonly what: string;
  readonly clients: number;
  readonly claims: number;
}

async function measure(db: Db, of: Load): Promise<void> {
  const hub: Applying = { db, clock, newId: () => randomUUIDv7() };
  const applications = openApplications(hub);
  const sums = { granted: 0, refused: 0, yuan: 0n };
  const began = performance.now();
  const client = async (place: number) => {
    const tenant = asId<never>(`client-${place}`);
    const by = signer("3", { role: "tenant-admin", tenant });
    for (let i = 0; i < of.claims / of.clients; i += 1) {
      const contract = `${of.programme}/${of.what}/${place}/${i}`;
      const claim = await applications.apply({
        ...{ programme: of.programme, tenant, by, idempotencyKey: contract },
        fingerprint: new Uint8Array(32),
        asked: { ...asked, contract },
      });
      sums[claim.state === "issued" ? "granted" : "refused"] += 1;
      sums.yuan += claim.granted;
    }
  };
  await Promise.all(Array.from({ length: of.clients }, (_, place) => client(place)));
  const rate = Math.round(of.claims / ((performance.now() - began) / 1000));
  const { granted, refused } = sums;
  console.log(`| ${of.what} | ${of.clients} | ${of.claims} | ${granted} | ${refused} | ${rate} |`);
  if (of.what === "one fen of room" && sums.yuan !== 10_000n) {
    throw new Error(`${sums.yuan} micro-yuan were granted of one fen`);
  }
}

async function audit(db: Db): Promise<void> {
  const began = performance.now();
  const checks = await db.transaction(auditClaims, { isolation: "repeatable read" });
  const problems = checks.flatMap((check) => check.problems);
  if (problems.length > 0) throw new Error(`the counters do not hold: ${problems[0]}`);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`\nThe audit builds all counters anew and finds them as they are: ${seconds} s.`);
}

/** 1,300 yuan: half of it is granted. */
export const asked = z.strictObject(caseFields).parse({
  ...{ supplier: "somebody", contract: "one" },
  facts: {
    "applicant.legalForm": "company",
    "applicant.lists": [],
    "applicant.leadsProjects": [],
    "supplier.registeredIn": "131003",
  },
  lines: [
    {
      ...{ id: "compute", amounts: { contract: "1300.00" } },
      facts: { "line.class": "compute", "line.place": "131003" },
    },
  ],
  otherMoney: [],
});

/** What `wadi programme what-if` works out: claims under the rules that hold, and under a draft. */
async function whatIf(): Promise<void> {
  const now = await rulesWith({ programme: "now", budget: { amount: "6000万" } });
  const draft = await rulesWith({ programme: "now", budget: { amount: "5000万" }, combine: [] });
  const cases = Array.from({ length: claims }, (_none, i): RecordedCase => {
    const asOf = Temporal.PlainDate.from("2025-01-01").add({ days: i % 365 });
    const { contact: _contact, ...rest } = asked;
    const who = { claim: `claim-${i}`, applicant: `client-${i % clients}`, appliedOn: asOf };
    return { case: { ...rest, ...who, contract: who.claim } as RecordedCase["case"], asOf };
  });
  const began = performance.now();
  const played = [play(now, cases), play(draft, cases)].map(({ grants }) => grants);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const granted = played.join(" and ");
  console.log(
    `\nWhat-if of ${claims} claims, the rules that hold beside a draft: ${seconds} s` +
      ` (goal: ${whatIfGoalSeconds} s); ${granted} would be granted something.`,
  );
}
