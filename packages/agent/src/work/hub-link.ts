import { z } from "zod";
import { agentRoutes, createClient, type SyncReply } from "@wadi/protocol";

/** The hub, as an agent's work sees it. Errors are those of protocol's client. */
export interface HubLink {
  /** @param request  as it travels */
  sync(request: unknown, options: { signal: AbortSignal; timeoutMs: number }): Promise<SyncReply>;
  /** The bytes of an input that a run held here has. */
  readInput(sha256: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /** Stores a file under its own hash; may be repeated. */
  writeOutput(sha256: string, content: Uint8Array, signal: AbortSignal): Promise<void>;
}

/** Entries stand in the journal as they travel, so the body needs no encoding. */
const syncAsItTravels = { ...agentRoutes.sync, body: z.unknown() } as const;
const filesMs = 600_000;

export function openHubLink(to: { hub: URL; credential: string; fetch?: typeof fetch }): HubLink {
  const { hub, credential, fetch: send } = to;
  const client = createClient({ hub, key: credential, tries: 1, ...(send && { fetch: send }) });
  return {
    sync: (body, { signal, timeoutMs }) =>
      client.call(syncAsItTravels, { body, signal, timeoutMs }),
    readInput: async (sha256, signal) => {
      const request = { params: { sha256 }, signal, timeoutMs: filesMs };
      const reply = await client.raw(agentRoutes.readInput, request);
      return reply.body ?? emptyBody();
    },
    writeOutput: async (sha256, content, signal) => {
      const body = new Uint8Array(content); // a view of a pool would send more than itself
      const request = { params: { sha256 }, content: body, signal, timeoutMs: filesMs };
      await client.raw(agentRoutes.writeOutput, request);
    },
  };
}

async function* emptyBody(): AsyncIterable<Uint8Array> {}
