import { createHash } from "node:crypto";
import type { Readable } from "node:stream";

import type { Hub } from "../context.ts";
import { isOutage, type Db } from "../db/index.ts";
import { Refused } from "../refused.ts";
import {
  beginBody,
  insertFile,
  insertOwner,
  insertPiece,
  removeBodies,
  type FileOwner,
} from "./store.ts";

/** Content is held in memory only so much at a time. */
const pieceBytes = 1 << 20;

/**
 * Stores content under its own hash and notes whose it is. Content is written as it arrives, each
 * piece by itself, so that a slow sender holds up nothing. Safe to repeat.
 * @throws Refused `invalid-request` when the content has another hash than its sender said
 */
export async function storeFile(
  hub: Hub,
  file: { readonly sha256: string; readonly owner: FileOwner; readonly content: Readable },
): Promise<void> {
  const { db, clock } = hub;
  const body = hub.newId();
  await beginBody(db.sql, body, clock.now());
  try {
    const found = await writePieces(db, body, file.content);
    if (found.sha256 !== file.sha256) throw wrongHash(found.sha256);
    await db.transaction(async (sql) => {
      const at = clock.now();
      const { owner, sha256 } = file;
      const isNew = await insertFile(sql, { ...found, body, at });
      if (!isNew) await removeBodies(sql, [body]);
      await insertOwner(sql, { owner, sha256, at });
    });
  } catch (error) {
    if (!isOutage(error)) await removeBodies(db.sql, [body]); // else it is swept up later
    throw error;
  }
}

async function writePieces(db: Db, body: string, content: Readable) {
  const hash = createHash("sha256");
  let bytes = 0;
  let number = 0;
  for await (const data of piecesOf(content)) {
    hash.update(data);
    bytes += data.length;
    await insertPiece(db.sql, { body, number, data });
    number += 1;
  }
  return { sha256: hash.digest("hex"), bytes: BigInt(bytes) };
}

/** The same bytes in pieces of 1 MiB, the last one smaller; none for no bytes. */
async function* piecesOf(content: Readable): AsyncIterable<Buffer> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of content as AsyncIterable<Buffer>) {
    waiting.push(chunk);
    bytes += chunk.length;
    if (bytes < pieceBytes) continue;
    let whole = Buffer.concat(waiting);
    for (; whole.length >= pieceBytes; whole = whole.subarray(pieceBytes)) {
      yield whole.subarray(0, pieceBytes);
    }
    waiting = [whole];
    bytes = whole.length;
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}

function wrongHash(found: string): Refused {
  const detail = `is not the SHA-256 of the body, which is ${found}`;
  return new Refused("invalid-request", { found }, `/sha256 ${detail}`, [
    { pointer: "/sha256", in: "params", detail },
  ]);
}
