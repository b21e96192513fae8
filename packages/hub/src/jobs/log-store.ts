import type { RunId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";

export interface LogPiece {
  readonly run: RunId;
  readonly replica: number;
  readonly stream: "stdout" | "stderr";
  readonly startsAt: number;
  readonly data: Uint8Array;
}

/** Stores pieces; one that is there already stays as it is. */
export async function insertLogPieces(sql: Sql, pieces: readonly LogPiece[]): Promise<void> {
  if (pieces.length === 0) return;
  await sql`
    insert into log_pieces (run, replica, stream, starts_at, data)
    select * from unnest(
      ${pieces.map((piece) => piece.run)}::uuid[],
      ${pieces.map((piece) => piece.replica)}::int[],
      ${pieces.map((piece) => piece.stream)}::text[],
      ${pieces.map((piece) => piece.startsAt)}::bigint[],
      ${pieces.map((piece) => piece.data)}::bytea[])
    on conflict do nothing`;
}

export interface LogPlace {
  readonly run: RunId;
  readonly replica: number;
  readonly stream: "stdout" | "stderr";
  readonly from: number;
}

/** Output from a byte on, at most about 1 MiB; empty at the end. Pieces that overlap are cut. */
export async function readLog(sql: Sql, place: LogPlace): Promise<Buffer> {
  const { run, replica, stream, from } = place;
  const rows = await sql<{ starts_at: bigint; data: Buffer }>`
    select starts_at, data from (
      select starts_at, data, sum(length(data)) over (order by starts_at) - length(data) as before
      from log_pieces
      where run = ${run} and replica = ${replica} and stream = ${stream}
        and starts_at + length(data) > ${from}
        and starts_at >= coalesce((
          select max(starts_at) from log_pieces
          where run = ${run} and replica = ${replica} and stream = ${stream}
            and starts_at <= ${from}), 0)
      order by starts_at limit 256) as pieces
    where before < 1048576 order by starts_at`;
  const parts: Buffer[] = [];
  let at = from;
  for (const { starts_at: start, data } of rows) {
    const skip = at - Number(start);
    if (skip < 0) break; // a piece between is missing: what follows is not shown before it
    if (skip >= data.length) continue;
    parts.push(data.subarray(skip));
    at += data.length - skip;
  }
  return Buffer.concat(parts);
}

export interface StoredOutput {
  readonly run: RunId;
  readonly path: string;
  readonly job: string;
  readonly sha256: string;
  readonly bytes: bigint;
}

export async function insertOutputs(sql: Sql, outputs: readonly StoredOutput[]): Promise<void> {
  if (outputs.length === 0) return;
  await sql`
    insert into outputs (run, path, job, sha256, bytes)
    select * from unnest(
      ${outputs.map(({ run }) => run)}::uuid[],
      ${outputs.map(({ path }) => path)}::text[],
      ${outputs.map(({ job }) => job)}::uuid[],
      ${outputs.map(({ sha256 }) => sha256)}::text[],
      ${outputs.map(({ bytes }) => bytes)}::bigint[])
    on conflict do nothing`;
}

/** Of the job's last run that left any, by path. */
export async function readOutputs(sql: Sql, job: string): Promise<StoredOutput[]> {
  const rows = await sql<{ run: RunId; path: string; sha256: string; bytes: bigint }>`
    select run, path, sha256, bytes from outputs
    where job = ${job} and run = (select max(run::text)::uuid from outputs where job = ${job})
    order by path`;
  return rows.map((row) => ({ ...row, job }));
}
