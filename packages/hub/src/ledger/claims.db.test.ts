import { accounts, type Transfer } from "@wadi/core/ledger";
import { asId, microYuan, oneFen } from "@wadi/core/units";
import { expect, test } from "vitest";

import { connectDb, gather } from "../db/index.ts";
import { createTestDatabase } from "../testing/index.ts";
import { auditJournal, postTransfers, type GroupOutcome } from "./index.ts";

test("2,000 claims of 100 clients at once, room for a tenth: never over by a fen", async () => {
  const { url, drop } = await createTestDatabase();
  const db = connectDb(url);
  try {
    const at = Temporal.Instant.from("2026-03-01T00:00:00Z");
    const fund = asId<never>("city");
    const rest = { hold: null, job: null, run: null, note: "", happenedAt: at };
    const room = 200n;
    const from = accounts.available(fund);
    const budget: Transfer = {
      ...{ ...rest, kind: "appropriate", fact: "budget", amount: microYuan(room * oneFen) },
      ...{ from: accounts.appropriation(fund), to: accounts.available(fund) },
    };
    await db.transaction((sql) => postTransfers(sql, [[budget]], at));
    const claims = gather<Transfer, GroupOutcome>({
      itemsMax: 500,
      isOutage: () => true,
      run: (batch) =>
        db.transaction(async (sql) => {
          const groups = batch.map((claim) => [claim]);
          return [...(await postTransfers(sql, groups, at)).outcomes];
        }),
    });
    const clients = Array.from({ length: 100 }, async (_, client) => {
      const tenant = asId<never>(`t${client}`);
      const to = accounts.issued({ fund, programme: asId("ai"), tenant });
      let granted = 0n;
      for (let i = 0; i < 20; i += 1) {
        const claim = { kind: "grant", fact: `claim/${client}/${i}`, amount: oneFen } as const;
        const outcome = await claims.add({ ...rest, ...claim, from, to });
        if (outcome.kind === "posted") granted += 1n;
      }
      return granted;
    });
    const granted = (await Promise.all(clients)).reduce((sum, one) => sum + one, 0n);
    expect(granted).toBe(room);
    const { found, checks } = await db.transaction(auditJournal, { isolation: "repeatable read" });
    expect(checks.flatMap(({ problems }) => problems)).toEqual([]);
    expect(found.accounts.get(accounts.available(fund).path)).toMatchObject({
      debits: room * oneFen,
      credits: room * oneFen,
    });
  } finally {
    await db.close();
    await drop();
  }
});
