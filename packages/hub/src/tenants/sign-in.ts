import type { KeyId } from "@wadi/core/units";

import type { Hub } from "../context.ts";
import type { CredentialCheck, Signer } from "../http/index.ts";
import { markUsed, readKeyByPrefix, type ApiKey } from "./key-store.ts";
import { keyPrefix, prefixOf, proves } from "./secret.ts";

/** Checks API keys against the database, and remembers for a moment what it found. */
export interface KeyCheck extends CredentialCheck {
  /** Looks a key up anew when it is next used: it was changed here. */
  forget(key: ApiKey): void;
  /** Writes down which keys were used since the last time. */
  saveUse(): Promise<void>;
  stop(): Promise<void>;
}

/** A key revoked through another hub is refused here after at most so long. */
const rememberedMs = 5000;
const rememberedMax = 20_000;
const saveUseMs = 10_000;

interface Remembered {
  readonly readAtMs: number;
  readonly found: ReturnType<typeof readKeyByPrefix>;
}

export function openKeyCheck(hub: Hub): KeyCheck {
  const remembered = new Map<string, Remembered>();
  const used = new Map<KeyId, Temporal.Instant>();
  const timer = setInterval(() => void saveUse(), saveUseMs);
  timer.unref();

  /** One query however many requests of one key come at once. */
  async function find(prefix: string): ReturnType<typeof readKeyByPrefix> {
    const nowMs = hub.clock.now().epochMilliseconds;
    const known = remembered.get(prefix);
    if (known && Math.abs(nowMs - known.readAtMs) < rememberedMs) return known.found;

    const found = readKeyByPrefix(hub.db.sql, prefix);
    remembered.delete(prefix);
    remembered.set(prefix, { readAtMs: nowMs, found });
    if (remembered.size > rememberedMax) remembered.delete(remembered.keys().next().value!);
    try {
      const result = await found;
      if (!result) remembered.delete(prefix); // it may be made the next moment
      return result;
    } catch (error) {
      remembered.delete(prefix);
      throw error;
    }
  }

  async function saveUse(): Promise<void> {
    if (used.size === 0) return;
    const batch = new Map(used);
    used.clear();
    try {
      await markUsed(hub.db.sql, batch);
    } catch (error) {
      hub.log.warn({ err: error }, "noting when keys were used");
      for (const [key, at] of batch) if (!used.has(key)) used.set(key, at);
    }
  }

  return {
    prefix: keyPrefix,
    signIn: async (secret) => {
      const prefix = prefixOf(secret);
      const found = prefix === undefined ? undefined : await find(prefix);
      if (!found || !proves(secret, found.hash)) return undefined;
      const now = hub.clock.now();
      const { key } = found;
      if (key.revokedAt || Temporal.Instant.compare(key.expiresAt, now) <= 0) return undefined;
      used.set(key.id, now);
      return signerOf(key);
    },
    forget: ({ prefix }) => void remembered.delete(prefix),
    saveUse,
    stop: async () => {
      clearInterval(timer);
      await saveUse();
    },
  };
}

function signerOf({ id, role, permissions, scope }: ApiKey): Signer {
  return { key: id, role, permissions: new Set(permissions), ...scope, agent: null };
}
