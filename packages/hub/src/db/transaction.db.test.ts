import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";

import { testDb } from "../testing/index.ts";
import { DatabaseUnavailable, isDuplicate, OutcomeUnknown, sqlState } from "./errors.ts";
import { identifier, type Sql } from "./sql.ts";

const db = await testDb({ connectionsMax: 4 });
const { sql, transaction } = db;

let tables = 0;

/** A table of its own for each test, with rows 1 and 2. */
async function aTable() {
  tables += 1;
  const name = identifier(`t${tables}`);
  await sql`create table ${name} (id int primary key, n int not null)`;
  await sql`insert into ${name} values (1, 0), (2, 0)`;
  const read = async () =>
    (await sql<{ n: number }>`select n from ${name} order by id`).map((r) => r.n);
  return { name, read };
}

test("a transaction happens as a whole", async () => {
  const { name, read } = await aTable();
  const result = await transaction(async (tx) => {
    await tx`update ${name} set n = 1 where id = 1`;
    expect(await read()).toEqual([0, 0]); // not seen from outside
    await tx`update ${name} set n = 2 where id = 2`;
    return "done";
  });
  expect(result).toBe("done");
  expect(await read()).toEqual([1, 2]);
});

test("what the work throws is thrown on, after the rollback", async () => {
  const { name, read } = await aTable();
  const refused = new Error("refused");
  const work = transaction(async (tx) => {
    await tx`update ${name} set n = 1`;
    throw refused;
  });
  await expect(work).rejects.toBe(refused);
  expect(await read()).toEqual([0, 0]);
});

test("two that lock the same rows the other way round both succeed", async () => {
  const { name, read } = await aTable();
  let runs = 0;
  const add = (order: [number, number]) =>
    transaction(async (tx) => {
      runs += 1;
      for (const id of order) {
        await tx`update ${name} set n = n + 1 where id = ${id}`;
        await sleep(30); // long enough for the other to have its first lock
      }
    });
  await Promise.all([add([1, 2]), add([2, 1])]);
  expect(await read()).toEqual([2, 2]);
  expect(runs).toBeGreaterThan(2);
});

test("a lost race is run again a bounded number of times", async () => {
  let runs = 0;
  const loser = transaction(
    async (tx) => {
      runs += 1;
      await tx`do $$ begin raise exception using errcode = '40001'; end $$`;
    },
    { attemptsMax: 3 },
  );
  expect(sqlState(await loser.catch((error: unknown) => error))).toBe("40001");
  expect(runs).toBe(3);
});

test("serializable transactions count without locks, and none is lost", async () => {
  const { name } = await aTable();
  const insertNext = (): Promise<void> =>
    transaction(
      async (tx) => {
        const [row] = await tx<{ sum: bigint }>`select count(*) as sum from ${name}`;
        await tx`insert into ${name} values (${row!.sum + 1n}, 0)`;
      },
      { isolation: "serializable", attemptsMax: 50 },
    ).catch((error: unknown) => {
      if (sqlState(error) !== "23505") throw error; // also a way to lose that race
      return insertNext();
    });
  await Promise.all([insertNext(), insertNext(), insertNext()]);
  const [row] = await sql`select count(*) as rows, max(id) as last from ${name}`;
  expect(row).toEqual({ rows: 5n, last: 5 });
});

test("a failure that was swallowed does not pass for a commit", async () => {
  const { name, read } = await aTable();
  const work = transaction(async (tx) => {
    await tx`update ${name} set n = 1`;
    await tx`select 1 / 0`.catch(() => {});
  });
  await expect(work).rejects.toThrow("nothing was committed");
  expect(await read()).toEqual([0, 0]);
});

test("`sql` kept beyond its transaction is refused", async () => {
  let kept: Sql | undefined;
  await transaction(async (tx) => {
    kept = tx;
  });
  await expect(kept!`select 1`).rejects.toThrow("this transaction is over, too late for: select 1");
});

test("a statement that nobody awaited still belongs to its transaction", async () => {
  const { name, read } = await aTable();
  await transaction(async (tx) => {
    void tx`select pg_sleep(0.05)`;
    void tx`update ${name} set n = 7`;
  });
  expect(await read()).toEqual([7, 7]);
});

test("statements given at once run in their order", async () => {
  const { name, read } = await aTable();
  await transaction(async (tx) => {
    await Promise.all([
      tx`update ${name} set n = 10 where id = 1`,
      tx`update ${name} set n = (select n from ${name} where id = 1) + 1 where id = 2`,
      tx`update ${name} set n = n * 2`,
    ]);
  });
  expect(await read()).toEqual([20, 22]);
});

test("a duplicate is told apart by its constraint, and costs no connection", async () => {
  const { name } = await aTable();
  const before = await backend();
  const error = await sql`insert into ${name} values (1, 1)`.catch((caught: unknown) => caught);
  expect(isDuplicate(error, `t${tables}_pkey`)).toBe(true);
  expect(isDuplicate(error, "another_key")).toBe(false);
  expect(await backend()).toBe(before);
});

test("a table that was altered under a prepared statement is read all the same", async () => {
  const { name } = await aTable();
  const readAll = () => sql`select * from ${name} where id = ${1}`;
  await readAll();
  await sql`alter table ${name} add column more text default 'new'`;
  expect(await readAll()).toEqual([{ id: 1, n: 0, more: "new" }]);
});

test("a connection that breaks before commit means: it did not happen", async () => {
  const { name, read } = await aTable();
  const work = transaction(async (tx) => {
    await tx`update ${name} set n = 1`;
    const [me] = await tx<{ pid: number }>`select pg_backend_pid() as pid`;
    await sql`select pg_terminate_backend(${me!.pid}, 5000)`;
    await tx`select 1`;
  });
  await expect(work).rejects.toThrow(DatabaseUnavailable);
  expect(await read()).toEqual([0, 0]);
});

test("a connection that breaks during commit leaves the outcome open, and says so", async () => {
  const { name } = await aTable();
  await sql`
    create function slow_commit() returns trigger language plpgsql as
    $$ begin perform pg_sleep(10); return null; end $$`;
  await sql`
    create constraint trigger slow after update on ${name}
    deferrable initially deferred for each row execute function slow_commit()`;
  let pid = 0;
  const work = transaction(async (tx) => {
    await tx`update ${name} set n = 1 where id = 1`;
    pid = (await tx<{ pid: number }>`select pg_backend_pid() as pid`)[0]!.pid;
  });
  const outcome = work.catch((error: unknown) => error);
  await until(async () => {
    const [row] = await sql<{ query: string }>`
      select query from pg_stat_activity where pid = ${pid} and state = 'active'`;
    return row?.query === "commit";
  });
  await sql`select pg_terminate_backend(${pid}, 5000)`;
  expect(await outcome).toBeInstanceOf(OutcomeUnknown);
});

test("a transaction that idles too long is ended by the server, with its locks", async () => {
  const { name } = await aTable();
  const idler = transaction(async (tx) => {
    await tx`set local idle_in_transaction_session_timeout = 30`;
    await tx`update ${name} set n = 1`;
    await sql`update ${name} set n = 2`; // waits for the lock of the idle one
    await tx`select 1`;
  });
  await expect(idler).rejects.toThrow(DatabaseUnavailable);
});

async function backend(): Promise<number> {
  return (await sql<{ pid: number }>`select pg_backend_pid() as pid`)[0]!.pid;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(5);
}
