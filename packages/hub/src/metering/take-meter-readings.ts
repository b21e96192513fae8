import {
  isBefore,
  judgeMeterReading,
  meterKey,
  type JudgedMeterReading,
  type MeterReading,
  type OddMeterReason,
} from "@wadi/core/metering";
import type { MeterReadingBatch } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import {
  insertMeterReadings,
  insertOddMeterReadings,
  lockMeters,
  meterReadingsAround,
  saveHeads,
  type KeptReading,
  type MeterHead,
} from "./meter-store.ts";
import { keepMeterBatch, meterKeysOf } from "./meter-key-store.ts";
import { rememberedNames } from "./meter-names.ts";
import type { Series, UnknownRuns } from "./series.ts";
import { signedSources, type SignedSource } from "./signed-series.ts";

export interface OddInSeries {
  /** Index of the series. */
  readonly series: number;
  readonly reading: MeterReading;
  readonly why: OddMeterReason;
}

export interface TakenReadings {
  readonly taken: number;
  readonly repeats: number;
  readonly odd: readonly OddInSeries[];
}

/** Takes in what one signer sends; its meters are its own. */
export type MeterIntake = (
  signer: string,
  batch: { readonly series: readonly Series[] } & Pick<MeterReadingBatch, "signatures">,
) => Promise<TakenReadings>;

/**
 * Takes meter readings in, all of one request in one transaction. Each counts once, however often
 * it is sent and however long after; what does not fit is put aside with the reason. A reading that
 * follows on from the last of its meter, as nearly all do, is judged by that alone.
 */
export function meterIntake(hub: Hub, unknownRuns: UnknownRuns): MeterIntake {
  const names = rememberedNames(hub);
  return async (signer, { series, signatures }) => {
    const receivedAt = hub.clock.now();
    const [unknown, keys] = await Promise.all([
      names.unknownSeries(signer, series, unknownRuns),
      meterKeysOf(hub.db.sql, signer),
    ]);
    const signed = signedSources({ series, signatures }, keys);
    const known = series.filter((_, i) => !unknown.has(i));
    const ids = await names.idsOf(signer, known);
    return hub.db.transaction(async (sql) => {
      const heads = await lockHeads(sql, [...new Set(ids.values())]);
      const judged = await judgeAll(sql, { series, unknown, ids, heads, receivedAt });
      const taken = await save(sql, { signer, series, judged, heads, receivedAt });
      for (const of of signed) {
        await keepSigned(sql, of, { id: hub.newId(), signer, judged, receivedAt });
      }
      return taken;
    });
  };
}

async function save(
  sql: Sql,
  of: Pick<Judging, "series" | "heads" | "receivedAt"> & { signer: string; judged: Judged[] },
): Promise<TakenReadings> {
  const { signer, series, judged, heads, receivedAt } = of;
  const fresh = judged.filter(({ kind }) => kind === "new").map(keptOf);
  const odd = judged.filter((one): one is Judged & OddInSeries => one.kind === "odd");
  if (fresh.length > 0) {
    const changed = new Set(fresh.map(({ meter }) => meter));
    await Promise.all([
      insertMeterReadings(sql, fresh, receivedAt),
      saveHeads(
        sql,
        [...heads.values()].filter(({ id }) => changed.has(id)),
      ),
    ]);
  }
  if (odd.length > 0) {
    const asSent = odd.map(({ series: i, reading, why }) => {
      const { readings: _readings, ...meter } = series[i]!;
      return { why, reading: { ...meter, ...reading } };
    });
    await insertOddMeterReadings(sql, asSent, { signer, receivedAt });
  }
  return { taken: fresh.length, repeats: judged.length - fresh.length - odd.length, odd };
}

/** Where nothing of what was signed is new, there is nothing to keep. */
async function keepSigned(
  sql: Sql,
  { places, ...signed }: SignedSource,
  of: { id: string; signer: string; judged: readonly Judged[]; receivedAt: Temporal.Instant },
): Promise<void> {
  const { judged, ...batch } = of;
  const kept = judged.flatMap((one) => {
    const place = one.kind === "new" ? places.get(one.reading) : undefined;
    return place === undefined ? [] : [{ ...keptOf(one), place }];
  });
  if (kept.length > 0) await keepMeterBatch(sql, { ...batch, ...signed, kept });
}

type Judged = JudgedMeterReading & {
  readonly series: number;
  /** 0 where the meter is not known. */
  readonly meter: number;
  readonly reading: MeterReading;
};

const keptOf = ({ meter, reading }: Judged): KeptReading => ({ meter, ...reading });

interface Judging {
  readonly series: readonly Series[];
  readonly unknown: ReadonlyMap<number, OddMeterReason>;
  readonly ids: ReadonlyMap<string, number>;
  /** Moved on as readings are taken. */
  readonly heads: ReadonlyMap<number, MeterHead>;
  readonly receivedAt: Temporal.Instant;
}

/** Judges those that follow on first, and then the others beside what there is of their meters. */
async function judgeAll(sql: Sql, judging: Judging): Promise<Judged[]> {
  const { series, unknown, ids, heads, receivedAt } = judging;
  const judged: Judged[] = [];
  const others: Omit<Judged, "kind">[] = [];
  for (const [i, one] of series.entries()) {
    const why = unknown.get(i);
    const meter = why === undefined ? ids.get(meterKey(one))! : 0;
    const head = heads.get(meter);
    for (const reading of one.readings) {
      const place = { series: i, meter, reading };
      if (!head) {
        judged.push({ ...place, kind: "odd", why: why! });
        continue;
      }
      if (!followsOn(head, reading)) {
        others.push(place);
        continue;
      }
      const how = judgeMeterReading(reading, [], receivedAt);
      judged.push({ ...place, ...how });
      if (how.kind === "new") moveOn(head, reading, { isFirst: true });
    }
  }
  return others.length === 0
    ? judged
    : [...judged, ...(await judgeOthers(sql, judging, judged, others))];
}

async function judgeOthers(
  sql: Sql,
  { heads, receivedAt }: Judging,
  judged: readonly Judged[],
  others: readonly Omit<Judged, "kind">[],
): Promise<Judged[]> {
  const byMeter = Map.groupBy(others, ({ meter }) => meter);
  const ranges = [...byMeter].map(([meter, own]) => {
    const numbers = own.map(({ reading: { number } }) => number);
    return { meter, least: numbers.reduce(smaller), most: numbers.reduce(larger) };
  });
  const stored = await meterReadingsAround(sql, ranges);
  const fresh = judged.filter(({ kind, meter }) => kind === "new" && byMeter.has(meter));
  const known: Map<number, MeterReading[]> = Map.groupBy(
    [...stored, ...fresh.map(keptOf)],
    ({ meter }) => meter,
  );
  return others.map((place): Judged => {
    const { meter, reading } = place;
    const own = known.get(meter) ?? [];
    const how = judgeMeterReading(reading, own, receivedAt);
    if (how.kind === "new") {
      const isFirst = own.every(({ number }) => number !== reading.number);
      moveOn(heads.get(meter)!, reading, { isFirst });
      known.set(meter, [...own, reading]);
    }
    return { ...place, ...how };
  });
}

/** Whether a reading comes after all there are of its meter, so that none of them matters to it. */
const followsOn = (head: MeterHead, { number, revision, from }: MeterReading): boolean =>
  revision === 0 && number > head.lastNumber && !isBefore(from, head.lastTo);

function moveOn(head: MeterHead, reading: MeterReading, { isFirst }: { isFirst: boolean }): void {
  if (isFirst) head.kept += 1n;
  if (reading.number < head.lastNumber) return;
  head.lastNumber = reading.number;
  if (reading.revision === 0 || isBefore(head.lastTo, reading.to)) {
    head.lastTo = reading.to;
  }
}

async function lockHeads(sql: Sql, ids: readonly number[]): Promise<Map<number, MeterHead>> {
  const heads = await lockMeters(sql, [...new Set(ids)]);
  return new Map(heads.map((head) => [head.id, head]));
}

const smaller = (a: bigint, b: bigint) => (a < b ? a : b);
const larger = (a: bigint, b: bigint) => (a > b ? a : b);
