import { expect, test } from "vitest";

import { testDb } from "../testing/index.ts";
import { checkLaws } from "./check-laws.ts";

/** A job as it could only stand after a fault of ours; `placed` has no run. */
async function plantJob(db: Awaited<ReturnType<typeof testDb>>, state: string): Promise<void> {
  await db.sql`
    insert into documents (hash, body) values (decode('00', 'hex'), '{}')
    on conflict do nothing`;
  await db.sql`
    insert into jobs (
      id, submission, tenant, name, spec, shape, priority, rerunnable, state,
      submitted_at, generation, share_cash, share_voucher, charged)
    select id, id, 'acme', 'a job', decode('00', 'hex'), id, 0, true, ${state}, now(), 1,
      500, 0, 700
    from gen_random_uuid() as id`;
}

const lawsOf = (broken: readonly { law: string }[]) => new Set(broken.map(({ law }) => law));

test("an empty region breaks no law", async () => {
  expect(await checkLaws(await testDb(), { isQuiet: true })).toEqual([]);
});

test("what is planted in the tables is found", async () => {
  const db = await testDb();
  await plantJob(db, "succeeded");
  await plantJob(db, "placed");
  expect(lawsOf(await checkLaws(db, { isQuiet: true }))).toEqual(
    new Set([
      "a job ends once",
      "a job has a run when it is placed, and only then",
      "runs are numbered without a gap",
      "a job is charged what its runs are",
      "a hold has left what its jobs may still cost",
      "nothing is held for a job that is over",
      "when all is quiet, each job is over or says what it waits for",
    ]),
  );
});

test("what is planted in the books is found", async () => {
  const db = await testDb();
  await db.sql`
    insert into accounts (path, book, debits, credits) values ('prepaid/acme', 'money', 0, 5)`;
  expect(lawsOf(await checkLaws(db))).toEqual(new Set(["each book sums to zero"]));
});
