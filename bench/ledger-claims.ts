import { accounts, type Transfer } from "@wadi/core/ledger";
import { asId, oneFen, times } from "@wadi/core/units";
import { auditJournal, gather, postTransfers, type OpenDatabase } from "@wadi/hub";

/*
 * 100,000 claims of one fen from 1,000 clients at once on a fund that has room for all but one of
 * ten: not a fen more may be granted than there is.
 */

const clients = 1000;
const claimsEach = 100;
const room = 90_001n;

export async function measureClaims(db: OpenDatabase): Promise<void> {
  const now = Temporal.Now.instant();
  const fund = asId<never>("claims");
  const rest = { hold: null, job: null, run: null, note: "", happenedAt: now };
  const from = accounts.available(fund);
  const budget: Transfer = {
    ...{ ...rest, kind: "appropriate", fact: "budget/claims", amount: times(oneFen, room) },
    ...{ from: accounts.appropriation(fund), to: from },
  };
  await db.transaction((sql) => postTransfers(sql, [[budget]], now));
  const claims = gather<Transfer, boolean>({
    itemsMax: 1000,
    waitingMax: clients,
    isOutage: () => true,
    run: async (batch) => {
      const groups = batch.map((claim) => [claim]);
      const { outcomes } = await db.transaction((sql) => postTransfers(sql, groups, now));
      return outcomes.map(({ kind }) => kind === "posted");
    },
  });
  const began = performance.now();
  const granted = await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      const to = accounts.issued({ fund, programme: asId("c"), tenant: asId(`client-${client}`) });
      let count = 0;
      for (let i = 0; i < claimsEach; i += 1) {
        const fact = `claim/${client}/${i}`;
        const claim = { ...rest, kind: "grant", fact, amount: oneFen, from, to } as const;
        if (await claims.add(claim)) count += 1;
      }
      return count;
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  const sum = granted.reduce((all, one) => all + one, 0);
  if (BigInt(sum) !== room) throw new Error(`${sum} fen were granted of ${room}`);
  const { checks } = await db.transaction(auditJournal, { isolation: "repeatable read" });
  const problems = checks.flatMap((check) => check.problems);
  if (problems.length > 0) throw new Error(`the books do not hold: ${problems[0]}`);
  const rate = Math.round((clients * claimsEach) / seconds);
  console.log(
    `\n100,000 claims of 1,000 clients at once, ${rate} a second: of ${room} fen exactly`,
  );
  console.log(`${sum} were granted, and the audit of all accounts agrees.`);
}
