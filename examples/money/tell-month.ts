import { rm } from "node:fs/promises";
import path from "node:path";

import { checkBooks, readBooks } from "./books.ts";
import { dayAt, lastDay, month, monthSpan, turnedClock } from "./calendar.ts";
import type { Check } from "./checks.ts";
import {
  applyForAll,
  billsAt,
  clawBackOne,
  redeemBills,
  withdrawSome,
  type MadeClaim,
} from "./claims.ts";
import { checkClosed, closeMonth, exportFocus, type Settlement } from "./close-month.ts";
import { foundProvince, type Province } from "./found.ts";
import { disputeOne, topUpTwice, undo, type Mistake } from "./incidents.ts";
import { checkOpenMonth, readJournal, type Posted } from "./journal.ts";
import { readLaws } from "./law.ts";
import type { Options } from "./options.ts";
import { payOut } from "./payouts.ts";
import type { People } from "./people.ts";
import { modelsOf, planCentres } from "./plan-centres.ts";
import { planClaims } from "./plan-claims.ts";
import { planMonth } from "./plan-jobs.ts";
import { planTenants } from "./plan-tenants.ts";
import { playMonth, type Played } from "./play-month.ts";
import { proveBills, proveBooks } from "./prove.ts";
import { openRegion, type Region } from "./region.ts";
import { checkStatements, readStatements, writeStatements } from "./statements.ts";
import type { Found } from "./summary.ts";

/** Where the telling is heard, and how it is stopped. */
export interface Telling {
  readonly say: (line: string) => void;
  readonly stop: AbortSignal;
}

/** What is there while the month is told. */
interface Story extends Telling {
  readonly options: Options;
  readonly province: Province;
  readonly region: Region;
  readonly people: People;
}

/** Plays a month and closes it; everything is stopped at the end, however that comes. */
export async function tellMonth(options: Options, telling: Telling): Promise<Found> {
  const { tenants, centres, state, out } = options;
  const province = {
    tenants: planTenants(tenants),
    centres: planCentres(centres),
    laws: await readLaws(),
  };
  await rm(out, { recursive: true, force: true });
  telling.say("opening a hub with its database");
  const region = await openRegion({ state, clock: turnedClock(monthSpan.from) });
  try {
    telling.say(`registering ${tenants} tenants and ${centres} centres`);
    const people = await foundProvince(region, province);
    return await tell({ ...telling, options, province, region, people });
  } finally {
    await region.stop();
  }
}

async function tell(story: Story): Promise<Found> {
  const { region, people, province, say, stop, options } = story;
  const { claims, played, mistake } = await liveThrough(story);
  stop.throwIfAborted();
  say("closing the month: import, allocate, compute, publish");
  region.clock.turnTo(dayAt(lastDay + 1, 6));
  await region.sweep();
  const settlement = await closeMonth(people);
  const checks: Check[] = [
    ...(await checkClosed(people, settlement)),
    ...(await payOut(people, options.out)),
  ];
  stop.throwIfAborted();
  say("into the next month: a reading that comes late, a transfer that is undone");
  region.clock.turnTo(dayAt(lastDay + 2, 6));
  for (const centre of played.centres) await centre.reportRest();
  await undo(people, mistake);
  region.clock.turnTo(dayAt(lastDay + 3, 6));
  await region.sweep();
  stop.throwIfAborted();
  const journal = await readJournal(people);
  const posted = journal.inMonth;
  const papers = await writePapers(story, { settlement, posted });
  const accounts = await readBooks(people);
  const tenants = await readStatements(people, "tenant", idsOf(province).tenants);
  const providers = await readStatements(people, "provider", idsOf(province).providers);
  checks.push(
    ...checkOpenMonth(journal),
    ...checkBooks(accounts),
    ...checkStatements({ tenants, providers }, { settlement, posted }),
    ...papers,
  );
  return { accounts, claims, settlement, tenants, checks };
}

interface Lived {
  readonly claims: readonly MadeClaim[];
  readonly played: Played;
  readonly mistake: Mistake;
}

/** From the first claims to the last bills of the month. */
async function liveThrough(story: Story): Promise<Lived> {
  const { region, people, province, options, say, stop } = story;
  const { laws, tenants, centres } = province;
  const planned = planClaims(tenants);
  say(`${planned.length} claims`);
  const supplier = centres[0]!.provider;
  let claims = await applyForAll(planned, { people, laws, supplier });
  const models = modelsOf(centres);
  const plan = planMonth({ ...options, tenants, models });
  const middle = Math.ceil(options.days / 2) + 1;
  const played = await playMonth(province, plan, {
    ...{ region, people, stop },
    onDay: async (day) => {
      if (day <= options.days) say(`day ${day} of ${options.days}`);
      if (day !== middle) return;
      claims = await redeemBills(claims, {
        people,
        laws,
        bill: { id: "first", on: dayOf(day), last: false },
      });
    },
  });
  say(`${played.submitted} jobs, ${played.started} runs; bills, a dispute, a claw-back`);
  region.clock.turnTo(billsAt);
  claims = await redeemBills(claims, {
    people,
    laws,
    bill: { id: "last", on: dayOf(lastDay), last: true },
  });
  claims = await clawBackOne(await withdrawSome(claims, people), { people, laws });
  await disputeOne(people);
  return { claims, played, mistake: await topUpTwice(people, tenants.at(-1)!.id) };
}

/** Statements, the month as FOCUS, bills that prove themselves, and the audit. */
async function writePapers(
  story: Story,
  { settlement, posted }: { settlement: Settlement; posted: readonly Posted[] },
): Promise<Check[]> {
  const { region, people, province, say, options } = story;
  say("writing statements");
  const statements = await writeStatements(people, province, path.join(options.out, "statements"));
  const focus = await exportFocus(people, settlement, { out: options.out, posted });
  say("proving bills and books in processes of their own");
  const tenants = idsOf(province).tenants.slice(0, 10);
  const bills = await proveBills(region, { tenants, out: path.join(options.out, "bundles") });
  return [statements, ...focus, ...bills, ...(await proveBooks(region, options.out))];
}

/** A day of the month as it is written on a bill. */
const dayOf = (day: number) => `${month}-${String(day).padStart(2, "0")}`;

const idsOf = ({ tenants, centres }: Province) => ({
  tenants: tenants.map(({ id }) => id),
  providers: centres.map(({ provider }) => provider),
});
