import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { batchTextOf } from "@wadi/core/proof";
import { asId, type CentreId } from "@wadi/core/units";
import { linkEntry } from "@wadi/protocol";
import { uuidv7 } from "uuidv7";
import { expect } from "vitest";

import type { Db } from "../db/index.ts";
import type { TestHub } from "../testing/test-hub.ts";
import { aJob, type World } from "../testing/world.ts";
import { sha256 } from "./bundle-tools.testing.ts";

/** An agent of the centre `c1`, played by the test. */
export interface PlayedAgent {
  acked: bigint;
  ask(differs: object): Promise<Response>;
  lease(): Promise<{ run: string; generation: number }>;
  story(lease: { run: string; generation: number }): Record<string, unknown>[];
  signatureOf(entries: readonly unknown[]): string | null;
  /** One job from its submission to its charge. */
  work(): Promise<void>;
}

/** @param pair  what it signs with; null: nothing */
export async function joinedAgent(
  { db, hub, world }: { db: Db; hub: TestHub; world: World },
  pair: Pair | null = generateKeyPairSync("ed25519"),
): Promise<PlayedAgent> {
  const { joinToken } = await world.post("/v1/centres/c1/join-tokens", {});
  const journal = uuidv7();
  const jwk = pair?.publicKey.export({ format: "jwk" });
  const signingKey = jwk ? Buffer.from(jwk.x!, "base64url").toString("base64") : null;
  const joined = await world.post("/v1/agent/join", { joinToken, journal, signingKey });
  const key = String(joined["credential"]);
  await db.sql`update agents set alone_from = now() where replaced_at is null`;
  const played: PlayedAgent = {
    acked: 0n,
    signatureOf: (entries) => (pair ? signatureBy(pair.privateKey, entries) : null),
    ask: (differs) => {
      const empty = { entries: [], holding: null, inventory: null, wait: "0s", room: 10 };
      return hub.ask("POST", "/v1/agent/sync", { key, body: { journal, ...empty, ...differs } });
    },
    lease: async () => {
      const body = aJob(world.model);
      await world.post("/v1/jobs", body, world.keys.member);
      for (let tries = 0; tries < 20; tries += 1) {
        const reply: unknown = await (await played.ask({ wait: "1s" })).json();
        const { leases } = reply as { leases: { run: string; generation: number }[] };
        if (leases[0]) return leases[0];
      }
      throw new Error("no lease came");
    },
    story: (lease) => tell(lease, played.acked),
    work: async () => {
      const entries = played.story(await played.lease());
      const reply = await played.ask({ entries, signature: played.signatureOf(entries) });
      expect(reply.status, await reply.clone().text()).toBe(200);
      played.acked += BigInt(entries.length);
    },
  };
  return played;
}
interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

function tell({ run, generation }: { run: string; generation: number }, acked: bigint) {
  const end = Temporal.Now.instant().round("second");
  const [from, mid, at] = [2, 1, 0].map((hours) => `${end.subtract({ hours })}`);
  const state = { exitCode: null, signal: null, message: "", isolation: null, slots: [0] };
  const reading = { kind: "reading", cards: 1, cpuTime: "1s", peakMemoryBytes: "1" };
  const entries = [
    { kind: "state", state: "running", ...state },
    { ...reading, number: 1, from, to: mid, final: false },
    { ...reading, number: 2, from: mid, to: at, busyTime: "90m", final: true },
    { kind: "state", state: "succeeded", ...state, exitCode: 0 },
  ];
  return entries.map((entry, i): Record<string, unknown> => {
    return { seq: `${acked + BigInt(i + 1)}`, at, run, generation, ...entry };
  });
}

/** Of the readings among entries; null: there are none. */
export function signatureBy(key: KeyObject, entries: readonly unknown[]): string | null {
  const readings = entries.flatMap((entry) => {
    const read = linkEntry.parse(entry);
    return read.kind === "reading" ? [read] : [];
  });
  if (readings.length === 0) return null;
  const text = batchTextOf(asId<CentreId>("c1"), readings, sha256);
  return sign(null, Buffer.from(text), key).toString("base64");
}
