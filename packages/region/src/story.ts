import { randomUUID } from "node:crypto";
import type { JobSpec } from "@wadi/core/job";
import {
  durationOf,
  formatDuration,
  formatPHours,
  formatYuan,
  type FundId,
  type JobId,
  type MicroYuan,
} from "@wadi/core/units";
import { routes, type ClaimView, type jobDetail, type programmeDocument } from "@wadi/protocol";
import type { z } from "zod";

import type { RegionFile } from "./region-file.ts";
import type { Screen } from "./screen.ts";
import type { Clients } from "./set-up.ts";

export interface Story {
  readonly clients: Clients;
  readonly file: RegionFile;
  readonly screen: Screen;
  /** Of the voucher programme. */
  readonly rules: z.output<typeof programmeDocument>;
  readonly claim: ClaimView;
  readonly spec: JobSpec;
  readonly stop: AbortSignal;
}

type JobDetail = z.output<typeof jobDetail>;

/**
 * Tells one job's way from quote to settled bill, as it happens.
 * @returns whether the job succeeded and the books hold
 */
export async function tellStory(story: Story): Promise<boolean> {
  await tellRegion(story);
  tellVoucher(story);
  await tellQuote(story);
  const id = await tellSubmission(story);
  await tellPlacement(story, id);
  await tellLogs(story, id);
  const job = await tellReadings(story, id);
  tellCharge(story, job);
  await tellStatements(story);
  const holds = await tellBooks(story);
  return job.state === "succeeded" && holds;
}

async function tellRegion({ clients, screen }: Story): Promise<void> {
  screen.step("The region: three centres, one price list each");
  const pools = await Array.fromAsync(clients.operator.each(routes.listPools));
  const centres = await Array.fromAsync(clients.operator.each(routes.listCentres));
  const kinds = new Map(centres.map((centre) => [centre.id, centre]));
  screen.table(
    ["centre", "kind", "place", "pool", "cards", "free", "yuan/card-hour now"],
    pools.map((pool) => [
      pool.centre,
      kinds.get(pool.centre)?.kind ?? "",
      kinds.get(pool.centre)?.place ?? "",
      pool.id,
      `${pool.cards} × ${pool.model}${emulated(pool)}`,
      String(pool.cardsFree),
      pool.priceNow === null ? "none" : money(pool.priceNow),
    ]),
  );
  if (pools.some((pool) => pool.emulated)) {
    screen.line(
      "   (emulated): this machine has no such card; a slot is held and the processor computes.",
    );
  }
}

/** How the tenant came by its voucher. */
function tellVoucher({ screen, rules, claim }: Story): void {
  const { name, sources, version, parts } = rules;
  screen.step(`The voucher: ${name.en} ${name.zh}, version ${version.number}`);
  for (const { title, where, grade } of sources) {
    screen.line(`   rules: ${title}, ${where} (grade ${grade})`);
  }
  const { decision } = claim;
  for (const { code, base, amount, granted } of decision?.parts ?? []) {
    if (base === 0n) continue;
    const text = parts.find((part) => part.code === code)?.text.en ?? code;
    const kept = granted === amount ? "" : `, ${money(granted)} of it granted`;
    screen.line(`   ${text}: ${money(amount)} of ${money(base)}${kept}`);
  }
  for (const { code, amount } of decision?.refused ?? []) {
    screen.line(`   refused: ${money(amount)}, ${code}`);
  }
  screen.line(
    `   claim ${claim.id} is ${claim.state}; a voucher of ${money(claim.granted)} is there.`,
  );
}

async function tellQuote({ clients, screen, spec }: Story): Promise<void> {
  screen.step(`The quote for "${spec.name}": total cost in each pool, in yuan`);
  const quote = await clients.tenant.call(routes.makeQuote, { body: spec });
  screen.table(
    ["pool", "verdict", "compute", "data", "waiting", "loss", "power", "total", "why not"],
    quote.candidates.map(({ pool, verdict, cost, reason }) => [
      pool,
      verdict,
      ...(cost
        ? [cost.compute, cost.data, cost.waiting, cost.loss, cost.power, cost.total].map(money)
        : ["", "", "", "", "", ""]),
      reason?.sentence ?? "",
    ]),
  );
  const [most, voucher] = [money(quote.mostItCanCost), money(quote.voucherPart)];
  screen.line(`   The most it can cost: ${most}, of which the voucher would pay ${voucher}.`);
}

async function tellSubmission({ clients, screen, spec }: Story): Promise<JobId> {
  screen.step("The submission: the most it can cost is held, then it is queued");
  const job = await clients.tenant.call(routes.submitJob, {
    body: spec,
    idempotencyKey: randomUUID(),
  });
  screen.line(`   job ${job.id} is ${job.state}; ${money(job.held)} yuan are held.`);
  return job.id;
}

/** Follows the job's events until a run of it has begun, or it has ended. */
async function tellPlacement({ clients, screen, stop }: Story, id: JobId): Promise<void> {
  screen.step("The placement, and why the others lost");
  const { tenant } = clients;
  const begun = new AbortController();
  const events = tenant.stream(routes.followJob, {
    params: { id },
    signal: AbortSignal.any([stop, begun.signal]),
  });
  await screen.during("waiting for the run to start", async () => {
    for await (const { event } of events) {
      if (event === "run.running" || /^job\.(succeeded|failed|cancelled)$/.test(event ?? "")) break;
    }
  });
  begun.abort();
  const told = await tenant.call(routes.explainJob, { params: { id } });
  screen.line(`   ${told.sentence}`);
  for (const { pool, reason } of told.candidates) {
    if (reason) screen.line(`   ${pool}: ${reason.sentence}`);
  }
  const [run] = (await tenant.call(routes.readJob, { params: { id } })).runs.slice(-1);
  if (!run) return;
  const isolation = run.isolation ? sayIsolation(run.isolation) : "in a way not reported yet";
  screen.line(
    `   run ${run.id} on ${run.cards} × ${run.model}${emulated(run)}; isolated ${isolation}.`,
  );
}

function sayIsolation(isolation: NonNullable<JobDetail["runs"][number]["isolation"]>): string {
  const { means, memoryLimit, ownUser, network } = isolation;
  const identity = ownUser ? "a user of its own" : "the agent's user";
  return `by ${means}; memory limit ${memoryLimit}, ${identity}, network ${network}`;
}

async function tellLogs({ clients, screen, stop }: Story, id: JobId): Promise<void> {
  screen.step("Its output, live");
  const { tenant } = clients;
  const isOver = async () => {
    const { state } = await tenant.call(routes.readJob, { params: { id } });
    return state === "succeeded" || state === "failed" || state === "cancelled";
  };
  const decoder = new TextDecoder();
  let line = "";
  for await (const { data } of tenant.stream(routes.followLogs, {
    params: { id },
    signal: stop,
    isOver,
  })) {
    const { base64 } = JSON.parse(data) as { base64: string };
    const lines = (line + decoder.decode(Buffer.from(base64, "base64"), { stream: true })).split(
      "\n",
    );
    line = lines.pop() ?? "";
    for (const text of lines) screen.line(`   | ${text}`);
  }
  if (line) screen.line(`   | ${line}`);
}

async function tellReadings({ clients, screen }: Story, id: JobId): Promise<JobDetail> {
  screen.step("The meter: readings of the run, each counted once");
  const job = await clients.tenant.call(routes.readJob, { params: { id } });
  const readings = await Array.fromAsync(
    clients.tenant.each(routes.listReadings, { params: { id } }),
  );
  screen.table(
    ["reading", "from", "to", "cards", "processor", "peak memory"],
    readings.map(({ seq, from, to, cards, cpuTime, peakMemoryBytes, final }) => [
      `${seq}${final ? " (last)" : ""}`,
      clock(from),
      clock(to),
      String(cards),
      formatDuration(durationOf(Math.round(cpuTime / 100) * 100)),
      `${(Number(peakMemoryBytes) / 2 ** 20).toFixed(0)} MiB`,
    ]),
  );
  return job;
}

function tellCharge({ screen }: Story, job: JobDetail): void {
  screen.step(`The charge: the job ${job.state} (${job.why})`);
  for (const { charge, model, emulated: isEmulated } of job.runs) {
    if (!charge) continue;
    const { usage } = charge;
    const work = usage.work === null ? "peak unknown" : `${formatPHours(usage.work)} P·hours`;
    const card = `${model}${emulated({ emulated: isEmulated })}`;
    const cards = `${usage.cardSeconds} card-seconds of ${card}`;
    screen.line(`   ${cards} (${work}) cost ${money(charge.charge)} yuan:`);
    const [provider, fee] = [money(charge.toProvider), money(charge.platformFee)];
    screen.line(`   voucher ${money(charge.voucher)} + cash ${money(charge.cash)};`);
    screen.line(`   the provider gets ${provider}, the platform ${fee}.`);
  }
  screen.line(`   Held for it now: ${money(job.held)}.`);
}

async function tellStatements({ clients, file, screen }: Story): Promise<void> {
  screen.step("The three statements");
  const { tenant } = file;
  const [fund] = Object.keys(file.funds) as [FundId];
  const query = { format: "text" } as const;
  const [provider] = Object.keys(file.providers) as [never];
  const accept = "text/plain";
  const texts = [
    await clients.tenant.raw(routes.tenantStatement, { params: { id: tenant.id }, query, accept }),
    ...(await providersPaid({ clients, file, first: provider })),
    await clients.officer.raw(routes.fundStatement, { params: { id: fund }, query, accept }),
  ];
  for (const text of texts) {
    for (const line of (await text.text()).trimEnd().split("\n")) screen.line(`   ${line}`);
    screen.line();
  }
}

/** The operator reads the statement of every provider that was paid. */
async function providersPaid(of: {
  clients: Clients;
  file: RegionFile;
  first: never;
}): Promise<Response[]> {
  const paid: Response[] = [];
  for (const id of Object.keys(of.file.providers) as never[]) {
    const { lines } = await of.clients.operator.call(routes.providerStatement, { params: { id } });
    if (lines.length === 0) continue;
    const query = { format: "text" } as const;
    paid.push(
      await of.clients.operator.raw(routes.providerStatement, {
        params: { id },
        query,
        accept: "text/plain",
      }),
    );
  }
  return paid;
}

async function tellBooks({ clients, screen }: Story): Promise<boolean> {
  screen.step("The books");
  const accounts = await Array.fromAsync(clients.auditor.each(routes.listAccounts));
  const sums = new Map<string, bigint>();
  for (const { book, balance } of accounts) sums.set(book, (sums.get(book) ?? 0n) + balance);
  screen.table(
    ["account", "balance"],
    accounts.map(({ path, balance }) => [path, formatYuan(balance)]),
  );
  for (const [book, sum] of sums)
    screen.line(`   The book "${book}" sums to ${formatYuan(sum as MicroYuan)}.`);
  const report = await clients.auditor.call(routes.auditBooks);
  for (const { name, checked, problems } of report.checks) {
    screen.line(`   ${problems.length === 0 ? "holds" : "BROKEN"}: ${name} (${checked} checked)`);
    for (const problem of problems) screen.line(`     ${problem}`);
  }
  screen.line(`   ${report.transfers} transfers, chained up to ${report.head.slice(0, 16)}….`);
  return report.holds && [...sums.values()].every((sum) => sum === 0n);
}

const emulated = (one: { emulated: boolean }) => (one.emulated ? " (emulated)" : "");
const money = (amount: MicroYuan) => formatYuan(amount);
const clock = (at: Temporal.Instant) => at.toString({ smallestUnit: "millisecond" }).slice(11, 23);
