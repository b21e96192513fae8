import { openQuotes, type Language, type Quote } from "@wadi/core/dispatch";
import type { JobSpec } from "@wadi/core/job";
import { asId, times, type PoolId, type TenantId } from "@wadi/core/units";
import { sharesFor } from "@wadi/core/vouchers";

import type { Hub, Reading } from "../context.ts";
import { vouchersOf } from "../vouchers/index.ts";
import type { Ahead } from "./ahead.ts";
import type { Asks, QuoteAsked, QuoteView } from "./asks.ts";
import { reasonView, viewOfCandidate } from "./candidate-json.ts";
import type { EstimatedStart } from "./expected-start.ts";
import { refusalOfCards } from "./refusal-of.ts";
import { readSnapshot } from "./snapshot.ts";
import { asSubmitted, shapeAfter } from "./spec-document.ts";

/** @throws Refused when the spec names a card model that there is not */
export async function quoteJob(
  hub: Hub,
  {
    spec,
    tenant,
    ahead,
    asks,
    language,
  }: { spec: JobSpec; tenant: TenantId | null; ahead: Ahead; asks: Asks; language: Language },
): Promise<QuoteView> {
  const unknown = refusalOfCards(spec);
  if (unknown) throw unknown;
  const behind = tenant === null ? undefined : ahead.startOf(shapeAfter(spec, asSubmitted), tenant);
  const scarcity = await ahead.scarcity(hub.db.sql);
  return asks.quote({ spec, tenant, language, behind, scarcity, promised: ahead.promised(null) });
}

/**
 * What a job would cost in each pool, when it would start, and why not elsewhere: what the next
 * round would decide if the job were alone in the queue, beside the starts promised to others. For
 * an array the amounts are those of all its jobs, the candidates those of one.
 */
export async function quoteNow(hub: Reading, asked: QuoteAsked): Promise<QuoteView> {
  const { spec, tenant, language, behind, scarcity, promised } = asked;
  const shape = shapeAfter(spec, asSubmitted);
  const look = { queue: [], arrays: new Map(), shapes: [shape], scarcity };
  const snapshot = await readSnapshot(hub, hub.db.sql, look);
  const quoted = openQuotes(snapshot, promised)(shape, tenant);
  const now = Temporal.Instant.fromEpochMilliseconds(snapshot.nowMs);

  const vouchers = tenant === null ? undefined : await vouchersOf(hub.db.sql, [tenant], now);
  const voucher = tenant === null ? undefined : vouchers?.get(tenant);
  const count = spec.array?.count ?? 1;
  const parts = sharesFor(quoted.most, voucher ?? null);
  const why = quoted.why ?? quoted.candidates[0]?.reason;
  return {
    at: now,
    candidates: quoted.candidates.map((one) => viewOfCandidate(one, language)),
    mostItCanCost: times(quoted.most, count),
    voucherPart: times(parts.voucher, count),
    verdict: quoted.verdict,
    estimatedStart: startOf(quoted, behind),
    reason: quoted.verdict === "starts-now" || !why ? null : reasonView(why, language),
  };
}

/**
 * Behind all that waits before it, as far as this hub knows the queue; else as if it were alone. A
 * job that waits for a cheaper hour starts then.
 */
function startOf(
  { verdict, booking, why }: Quote,
  behind: ReturnType<Ahead["startOf"]>,
): EstimatedStart | null {
  if (verdict !== "waits") return null;
  if (why?.code === "cheaper-later") {
    const at = Temporal.Instant.from(String(why.facts.at));
    return { p50: at, p90: at, pool: asId<PoolId>(String(why.facts.pool)) };
  }
  const start = booking ? within(booking.startMs, behind) : behind;
  if (!start) return null;
  const at = (ms: number) => Temporal.Instant.fromEpochMilliseconds(Math.ceil(ms));
  return { p50: at(start.p50Ms), p90: at(start.p90Ms), pool: booking?.pool ?? null };
}

/** The leader's last look at the queue may be so old. */
const lookAgeMs = 5000;

/**
 * What could be promised, by the limits of all that runs and is promised, is the latest where the
 * queue is expected to be through by then.
 */
const within = (promisedMs: number, behind: ReturnType<Ahead["startOf"]>) =>
  behind && behind.p50Ms > promisedMs + lookAgeMs
    ? behind
    : { p50Ms: Math.min(behind?.p50Ms ?? promisedMs, promisedMs), p90Ms: promisedMs };
