import { readFileSync } from "node:fs";
import { accounts, type Transfer } from "@wadi/core/ledger";
import { asId, yuan, type KeyId, type ProgrammeId } from "@wadi/core/units";
import {
  broughtFields,
  caseFields,
  programmeRules,
  settlementFields,
  type ClaimId,
} from "@wadi/protocol";
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

import type { Hub } from "../context.ts";
import { connectDb, type Db } from "../db/index.ts";
import { postTransfers } from "../ledger/index.ts";
import type { AuditEntry } from "../tenants/index.ts";
import { createTestDatabase } from "../testing/index.ts";
import { testClock, type TestClock } from "../testing/test-app.ts";
import { openApplications, type Applications } from "./decide/apply.ts";
import { addEvidence, completeClaim } from "./decide/complete-claim.ts";
import { sweepClaims, withdrawClaim } from "./redeem/end-claims.ts";
import { approveRules, putRules } from "./rules/put-rules.ts";
import { redeemClaim } from "./redeem/redeem-claim.ts";
import { moveByOfficer } from "./decide/review.ts";

type By = AuditEntry["by"];

const by = (key: string, role: By["signer"]["role"], scope: Partial<By["signer"]>): By => ({
  requestId: "test",
  signer: {
    ...{ key: asId<KeyId>(`00000000-0000-4000-8000-${key.padStart(12, "0")}`), role },
    ...{ permissions: new Set(), tenant: null, provider: null, fund: null, agent: null, ...scope },
  },
});

/** Persons of the fund "city": one puts rules, another approves them; all three review. */
export const officers = ["1", "2", "3"].map((key) =>
  by(key, "programme-officer", { fund: asId("city") }),
) as [By, By, By];
export const operator = by("9", "operator", {});
export const applicant = (tenant: string) => by("7", "tenant-admin", { tenant: asId(tenant) });

const asked = z.strictObject(caseFields);
const bill = z.strictObject(settlementFields);
const brought = z.strictObject(broughtFields);

/** The use cases of claims as a caller's process has them, on a database and a clock of its own. */
export interface World {
  readonly hub: Hub;
  readonly clock: TestClock;
  /** The same on another connection's behalf: its transactions go through `transaction`. */
  through(transaction: Db["transaction"]): World;
  open(differs?: object, by?: readonly [By, By]): Promise<ProgrammeId>;
  apply(programme: string, differs?: Applying): ReturnType<Applications["apply"]>;
  evidence(id: ClaimId, kind: string, more?: object): ReturnType<typeof addEvidence>;
  /** Brings facts, as a body of the API has them. */
  complete(id: ClaimId, body: object, tenant?: string): ReturnType<typeof completeClaim>;
  move(id: ClaimId, move: string, by?: By): ReturnType<typeof moveByOfficer>;
  withdraw(id: ClaimId, tenant?: string): ReturnType<typeof withdrawClaim>;
  redeem(id: ClaimId, differs: object): ReturnType<typeof redeemClaim>;
  sweep(): Promise<number>;
}

export interface Applying {
  readonly tenant?: string;
  readonly contract?: string;
  readonly amount?: string;
  readonly once?: string;
  readonly more?: object;
}

/** A world on a database of its own for the tests of one file, there once they run. */
export function worldForFile(): { readonly db: Db; readonly world: World } {
  const made: { db?: Db; world?: World; drop?: () => Promise<void> } = {};
  beforeAll(async () => {
    const { url, drop } = await createTestDatabase();
    const db = connectDb(url);
    Object.assign(made, { db, drop, world: await claimsWorld(db) });
  });
  afterAll(async () => {
    await made.db?.close();
    await made.drop?.();
  });
  return {
    get db() {
      return made.db!;
    },
    get world() {
      return made.world!;
    },
  };
}

const start = Temporal.Instant.from("2026-03-02T04:00:00Z");

/** Opens the fund "city" with 100 million yuan, and ten tenants `t0` to `t9`. */
export async function claimsWorld(db: Db): Promise<World> {
  await db.sql`insert into funds (id, name, opened_at) values ('city', 'City', ${start})
    on conflict do nothing`;
  await db.sql`insert into tenants (id, name, created_at)
    select 't' || i, 'Tenant', ${start} from generate_series(0, 9) as i on conflict do nothing`;
  const city = asId<never>("city");
  const way = { from: accounts.appropriation(city), to: accounts.available(city) };
  const budget: Transfer = {
    ...way,
    ...{ kind: "appropriate", fact: "appropriate/city", amount: yuan(100_000_000n) },
    ...{ hold: null, job: null, run: null, note: "", happenedAt: start },
  };
  await db.transaction((sql) => postTransfers(sql, [[budget]], start));
  const clock = testClock(start);
  const log = { warn: () => {} } as unknown as Hub["log"];
  return worldOf({ db, clock, log, newId: uuidv7 } as unknown as Hub, clock);
}

function worldOf(hub: Hub, clock: TestClock): World {
  const applications = openApplications(hub);
  return {
    hub,
    clock,
    through: (transaction) => worldOf({ ...hub, db: { ...hub.db, transaction } }, clock),
    open: async (differs = {}, [first, second] = [officers[0], officers[1]]) => {
      const rules = rulesOf(`p-${uuidv7().slice(-12)}`, differs);
      await putRules(hub, { id: rules.id, rules, by: first });
      await approveRules(hub, { id: rules.id, version: rules.version.number, by: second });
      return rules.id;
    },
    apply: (programme, applying = {}) => {
      const { tenant = "t0", contract = uuidv7(), once = uuidv7() } = applying;
      return applications.apply({
        ...{ programme: asId(programme), tenant: asId(tenant), by: applicant(tenant) },
        ...{ asked: askedFor({ ...applying, contract }), idempotencyKey: once },
        fingerprint: new Uint8Array(32),
      });
    },
    evidence: (id, kind, more = {}) => {
      const document = { kind, sha256: "b".repeat(64), madeOn: null, validUntil: null, ...more };
      return addEvidence(hub, { id, evidence: document, by: applicant("t0") });
    },
    complete: (id, body, tenant = "t0") =>
      completeClaim(hub, { id, brought: z.decode(brought, body), by: applicant(tenant) }),
    move: (id, move, person = officers[0]) =>
      moveByOfficer(hub, { id, move, note: "", by: person }),
    withdraw: (id, tenant = "t0") => withdrawClaim(hub, { id, by: applicant(tenant) }),
    redeem: (id, differs) => {
      const on = clock.now().toZonedDateTimeISO("Asia/Shanghai").toPlainDate().toString();
      const evidence = [{ kind: "bank-receipt", sha256: "a".repeat(64) }];
      const settlement = z.decode(bill, { id: "b1", on, lines: [], evidence, ...differs });
      return redeemClaim(hub, { id, settlement, by: officers[0] });
    },
    sweep: () => sweepClaims(hub),
  };
}

/** Langfang's rules: half of the compute, 100万 a year; as the city's own, with what differs. */
export function rulesOf(id: string, differs: object = {}) {
  const file = new URL("../../../../programmes/langfang-ai.yaml", import.meta.url);
  const written = parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  const payers = [{ code: "city", text: { en: "city", zh: "市" }, level: "city", fund: "city" }];
  const version = { number: 1, inForce: { from: "2020-01-01" } };
  return programmeRules.parse({ ...written, programme: id, payers, version, ...differs });
}

const askedFor = ({ contract, amount = "1300.00", more = {} }: Applying) =>
  z.decode(asked, {
    supplier: "somebody",
    contract: contract!,
    facts: {
      "applicant.legalForm": "company",
      "applicant.lists": [],
      "applicant.leadsProjects": [],
      "supplier.registeredIn": "131003",
    },
    lines: [
      {
        id: "compute",
        facts: { "line.class": "compute", "line.place": "131003" },
        amounts: { contract: amount },
      },
    ],
    otherMoney: [],
    ...more,
  });

/** A bill's one line. */
export const billed = (amount: string) => [{ line: "compute", amount }];
