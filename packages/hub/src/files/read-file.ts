import { Readable } from "node:stream";
import type { TenantId } from "@wadi/core/units";

import type { Db, Sql } from "../db/index.ts";
import { readFile, readOwned, readPiece } from "./store.ts";

/** A file to be sent on: its length is known before its bytes are read. */
export interface OpenFile {
  readonly bytes: bigint;
  readonly content: Readable;
}

/**
 * Opens a file by its hash. Whether the caller may have it is for the caller's caller to judge.
 * @returns undefined where there is no such file
 */
export async function openFile(db: Db, sha256: string): Promise<OpenFile | undefined> {
  const file = await readFile(db.sql, sha256);
  if (!file) return undefined;
  return {
    bytes: file.bytes,
    content: Readable.from(pieces(db, file.body), { objectMode: false }),
  };
}

/** Those of the files that the tenant has uploaded; the others it may not use in a job. */
export const uploadsOf = (
  sql: Sql,
  { tenant, files }: { tenant: TenantId; files: readonly string[] },
): Promise<Set<string>> => readOwned(sql, { owner: `tenant/${tenant}`, files });

async function* pieces(db: Db, body: string): AsyncIterable<Buffer> {
  for (let number = 0; ; number += 1) {
    const piece = await readPiece(db.sql, { body, number });
    if (!piece) return;
    yield piece;
  }
}
