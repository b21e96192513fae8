import { mkdir, open, rename } from "node:fs/promises";
import path from "node:path";
import { asId, type KeyId } from "@wadi/core/units";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { appendTrail } from "./audit-store.ts";
import { hasKeys, insertKey, lockFirstKey } from "./key-store.ts";
import { makeSecret } from "./secret.ts";

/** What of a hub it takes; the command for a lost key has no more. */
export type KeyMaker = Pick<Hub, "db" | "clock" | "newId" | "config">;

/** Where the hub leaves the operator's first key. */
export const operatorKeyFile = (stateFolder: string) => path.join(stateFolder, "operator.key");

const validFor = { hours: 366 * 24 };

/**
 * Makes the operator's first key on a database that never had a key; two hubs that start at once
 * make one between them.
 * @returns whether this call made it and wrote the file
 */
export async function ensureOperatorKey(hub: KeyMaker): Promise<boolean> {
  if (await hasKeys(hub.db.sql)) return false;
  return hub.db.transaction(async (sql) => {
    await lockFirstKey(sql);
    if (await hasKeys(sql)) return false;
    await writeNewKey(hub, sql);
    return true;
  });
}

/** Makes one more operator's key, for when all others are lost; it replaces the one in the file. */
export async function makeOperatorKey(hub: KeyMaker): Promise<void> {
  await hub.db.transaction((sql) => writeNewKey(hub, sql));
}

/** The file comes first: a key that stands in the database and nowhere else would be of no use. */
async function writeNewKey(hub: KeyMaker, sql: Sql): Promise<void> {
  const { secret, prefix, hash } = makeSecret();
  await writePrivately(operatorKeyFile(hub.config.state), `${secret}\n`);
  const now = hub.clock.now();
  const id = asId<KeyId>(hub.newId());
  await insertKey(sql, {
    id,
    prefix,
    hash,
    label: "made by the hub",
    role: "operator",
    scope: { tenant: null, provider: null, fund: null },
    permissions: null,
    createdAt: now,
    createdBy: null,
    expiresAt: now.add(validFor),
  });
  const line = { at: now, key: null, role: null, request: "start", outcome: "done", facts: {} };
  await appendTrail(sql, [{ ...line, action: "key.make", subject: `key/${id}` }]);
}

/** Never readable by others, not for a moment; there whole or not at all. */
async function writePrivately(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.new`;
  const handle = await open(draft, "w", 0o600);
  try {
    await handle.chmod(0o600); // where a draft of that name was left behind with another mode
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}
