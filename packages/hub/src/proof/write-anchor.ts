import { appendFile, readFile } from "node:fs/promises";
import { anchorsRoot, growingTree, lineLeaf, type LedgerAnchor } from "@wadi/core/proof";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import {
  hashesAt,
  hashesIn,
  lockHead,
  readJournal,
  saveHead,
  seqBefore,
  sha256,
} from "../ledger/index.ts";
import { snapshot } from "../statements/index.ts";
import { insertAnchor, readAnchors } from "./anchor-store.ts";

/**
 * Anchors the ledger once for each day that is over, in the database and in the file that the
 * operator publishes. Repeated it changes nothing; a line that the file lacks is added.
 */
export async function anchorSweep(hub: Hub): Promise<void> {
  const { db, clock, config } = hub;
  const now = clock.now();
  const today = now.toZonedDateTimeISO(config.timeZone).toPlainDate();
  let day = await firstOpenDay(db.sql, config.timeZone);
  if (day && Temporal.PlainDate.compare(day, today) < 0) await closeDay(hub, now);
  for (; day && Temporal.PlainDate.compare(day, today) < 0; day = day.add({ days: 1 })) {
    const until = day.add({ days: 1 }).toZonedDateTime(config.timeZone).toInstant();
    const named = { day: day.toString(), until };
    const made = await snapshot(db, (sql) => anchorAt(sql, named));
    if (made) await db.transaction((sql) => insertAnchor(sql, made, now));
  }
  await writeFile(hub, await readAnchors(db.sql));
}

/** The day after the last anchor's, or that of the first line; undefined before there is one. */
async function firstOpenDay(sql: Sql, timeZone: string): Promise<Temporal.PlainDate | undefined> {
  const last = (await readAnchors(sql)).at(-1);
  if (last) return Temporal.PlainDate.from(last.day).add({ days: 1 });
  const [first] = await readJournal(sql, { after: 0n, limit: 1 });
  return first?.knownAt.toZonedDateTimeISO(timeZone).toPlainDate();
}

/** From here on nothing is known earlier than now, so that what was known before stays so. */
async function closeDay({ db }: Hub, now: Temporal.Instant): Promise<void> {
  await db.transaction(async (sql) => {
    const head = await lockHead(sql);
    if (Temporal.Instant.compare(head.knownAt, now) < 0) {
      await saveHead(sql, { ...head, knownAt: now });
    }
  });
}

/**
 * The anchor of what was known before an instant, to come after those there are.
 * @returns undefined when there was nothing yet
 */
export async function anchorAt(
  sql: Sql,
  { day, until }: Pick<LedgerAnchor, "day" | "until">,
): Promise<LedgerAnchor | undefined> {
  const before = await readAnchors(sql);
  const after = before.at(-1)?.seq ?? 0n;
  const seq = await seqBefore(sql, until);
  if (seq === 0n) return undefined;
  const hash = (await hashesAt(sql, [seq])).get(seq)!;
  const tree = growingTree(sha256);
  for (let from = after; from < seq; from += page) {
    const through = from + page < seq ? from + page : seq;
    for (const one of await hashesIn(sql, { after: from, through })) {
      tree.add(lineLeaf(one, sha256));
    }
  }
  const anchor = { day, until, seq, hash, lines: tree.root() };
  return { ...anchor, root: anchorsRoot([...before, anchor], sha256) };
}

/** Lines that are read at once. */
const page = 20_000n;

/** A file that says something else than the database is left as it is, and told of. */
async function writeFile({ config, log }: Hub, anchors: readonly LedgerAnchor[]): Promise<void> {
  const text = await readFile(config.anchors, "utf8").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw new Error(`reading the anchors in ${config.anchors}`, { cause: error });
  });
  const written = new Set(text.split("\n"));
  const missing = anchors.map(lineOf).filter((line) => !written.has(line));
  const days = new Set(text.split("\n").map((line) => /^\{"day":"([\d-]+)"/.exec(line)?.[1]));
  for (const line of missing) {
    const { day } = JSON.parse(line) as { day: string };
    if (!days.has(day)) await appendFile(config.anchors, `${line}\n`);
    else log.error({ day, file: config.anchors }, "the file has another anchor than the ledger");
  }
}

const lineOf = ({ day, until, seq, hash, lines, root }: LedgerAnchor): string =>
  JSON.stringify({ day, until: until.toString(), seq: `${seq}`, hash, lines, root });
