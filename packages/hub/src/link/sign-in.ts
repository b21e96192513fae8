import { roles } from "@wadi/protocol";
import { asId, type AgentId, type CentreId, type KeyId } from "@wadi/core/units";

import { hashOfSecret } from "../centres/index.ts";
import type { Hub } from "../context.ts";
import type { CredentialCheck, Signer } from "../http/index.ts";
import { Refused } from "../refused.ts";
import { isReplaced, readAgentByCredential } from "./store.ts";

interface Agent {
  readonly id: AgentId;
  readonly centre: CentreId;
}

/** Agents sync many times a second; who has which credential changes only by joining. */
const rememberedMs = 5000;
const rememberedMax = 10_000;

/**
 * Signs agents in. One that was replaced is known still, so that it can be told; what it may do no
 * more, `refuseReplaced` refuses.
 */
export function agentCheck(hub: Hub): CredentialCheck {
  const remembered = new Map<string, { agent: Agent; untilMs: number }>();
  return {
    prefix: "wadiagent_",
    signIn: async (secret) => {
      const hash = hashOfSecret(secret);
      const name = hash.toString("base64");
      const nowMs = hub.clock.now().epochMilliseconds;
      const known = remembered.get(name);
      if (known && Math.abs(known.untilMs - nowMs) <= rememberedMs) return signerOf(known.agent);

      remembered.delete(name);
      const agent = await readAgentByCredential(hub.db.sql, hash);
      if (!agent) return undefined;
      if (remembered.size >= rememberedMax) remembered.clear();
      remembered.set(name, { agent, untilMs: nowMs + rememberedMs });
      return signerOf(agent);
    },
  };
}

export const signerOf = ({ id, centre }: Agent): Signer => ({
  key: asId<KeyId>(id),
  role: "agent",
  permissions: new Set(roles.agent),
  tenant: null,
  provider: null,
  fund: null,
  agent: { id, centre },
});

/** The agent that signs a request of the link. */
export function agentOf({ agent }: Signer): Agent {
  if (agent === null) throw new Refused("not-allowed", {}, "only a centre's agent may call this");
  return agent;
}

/** @throws Refused `agent-replaced` */
export async function refuseReplaced(hub: Hub, { id, centre }: Agent): Promise<void> {
  if (await isReplaced(hub.db.sql, id)) throw replaced(centre);
}

export const replaced = (centre: CentreId): Refused => {
  const cure = "this one must stop; join again with a new token if it should be the one";
  return new Refused(
    "agent-replaced",
    { centre },
    `another agent has joined for ${centre}; ${cure}`,
  );
};
