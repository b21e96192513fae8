import type { Logger } from "pino";
import { agentRoutes, ApiProblem, createClient, HubUnreachable } from "@wadi/protocol";
import { Ends } from "./exit-codes.ts";
import type { Membership } from "./membership.ts";
import { makeSigningKey } from "./signing-key.ts";
import { backoffMs } from "./work/after-failure.ts";
import type { AgentClock } from "./work/agent-clock.ts";
import type { Journal } from "./work/journal/journal.ts";

export interface JoinAsk {
  readonly hub: URL;
  readonly token: string;
  readonly config: string | null;
  readonly journal: Pick<Journal, "id">;
  readonly clock: AgentClock;
  readonly chance: () => number;
  readonly log: Logger;
}

const triesMax = 6;

/**
 * Trades the token. It may be tried again when the answer was lost: the hub knows this agent by
 * its journal, and gives the same one another credential.
 * @throws Ends `token-refused`, `unreachable`
 */
export async function joinCentre(ask: JoinAsk): Promise<Membership> {
  const { hub, token, journal, clock, chance, log } = ask;
  const client = createClient({ hub, tries: 1 });
  const signing = makeSigningKey();
  const body = { joinToken: token, journal: journal.id, signingKey: signing.open };
  for (let tries = 1; ; tries += 1) {
    try {
      const joined = await client.call(agentRoutes.joinCentre, { body });
      return { ...joined, hub: hub.href, signingKey: signing.secret, config: ask.config };
    } catch (error) {
      const end = endOf(error, hub);
      if (end || tries === triesMax) throw end ?? unreachable(hub, error);
      log.warn({ err: error, tries }, "joining failed; trying again");
      await clock.pause(backoffMs(tries, chance));
    }
  }
}

/** Undefined where trying again may help. */
function endOf(error: unknown, hub: URL): Ends | undefined {
  if (error instanceof HubUnreachable) return undefined;
  if (!(error instanceof ApiProblem)) return unreachable(hub, error);
  if (error.code === "join-token-invalid" || error.status === 422) {
    const cure = "ask for another one: it is good once, and not for long";
    return new Ends("token-refused", `${error.detail}; ${cure}`, { cause: error });
  }
  return error.status >= 500 || error.status === 429 ? undefined : unreachable(hub, error);
}

const unreachable = (hub: URL, cause: unknown) => {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Ends("unreachable", `joining through ${hub.origin} failed: ${why}`, { cause });
};
