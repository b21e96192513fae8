import { asId, type AgentId, type CentreId } from "@wadi/core/units";
import type { JournalId } from "@wadi/protocol";

import { makeSecret, noteJoined, takeJoinToken } from "../centres/index.ts";
import type { Hub } from "../context.ts";
import { Refused } from "../refused.ts";
import { audit } from "../tenants/index.ts";
import { signerOf } from "./sign-in.ts";
import { changeCredential, insertAgent, lockAgentOf, markReplaced } from "./store.ts";

export interface Joined {
  readonly agent: AgentId;
  readonly centre: CentreId;
  /** Shown once; only its hash is stored. */
  readonly credential: string;
}

/**
 * Trades a join token for an agent's credential. A centre has one agent: the one before is
 * replaced, and the new one is given work only when nothing of the old one can still run. The same
 * agent may ask again with the same token, in case the answer was lost; it gets a new credential.
 * @throws Refused `join-token-invalid`
 */
export function joinCentre(
  hub: Hub,
  ask: {
    readonly joinToken: string;
    readonly journal: JournalId;
    readonly signingKey: string | null;
    readonly requestId: string;
  },
): Promise<Joined> {
  const { timings } = hub.config;
  const { secret, hash } = makeSecret("wadiagent");
  const id = asId<AgentId>(hub.newId());
  return hub.db.transaction(async (sql) => {
    const at = hub.clock.now();
    const { journal } = ask;
    const signingKey = ask.signingKey === null ? null : Buffer.from(ask.signingKey, "base64");
    const token = await takeJoinToken(sql, { token: ask.joinToken, journal, at });
    if (!token) throw new Refused("join-token-invalid");
    const { centre } = token;
    const before = await lockAgentOf(sql, centre);
    if (before?.journal === journal) {
      await changeCredential(sql, before.id, { credential: hash, signingKey });
      return { agent: before.id, centre, credential: secret };
    }

    if (before) await markReplaced(sql, before.id, at);
    const waitMs = before ? timings.leaseMs + timings.leaseMarginMs : 0;
    const aloneFrom = at.add({ milliseconds: waitMs });
    const agent = { id, centre, credential: hash, signingKey, journal, joinedAt: at, aloneFrom };
    await insertAgent(sql, agent);
    await noteJoined(sql, centre, at);
    const by = { signer: signerOf({ id, centre }), requestId: ask.requestId };
    const facts = {
      ...{ agent: id, replaced: before?.id ?? null, tokenMadeBy: token.madeBy },
      signingKey: ask.signingKey,
    };
    await audit(sql, { by, at, action: "centre.join", subject: `centre/${centre}`, facts });
    await hub.signals.raise(sql, "round", `centre/${centre}`);
    return { agent: id, centre, credential: secret };
  });
}
