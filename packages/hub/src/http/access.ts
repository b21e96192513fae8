import type { Permission, Route } from "@wadi/protocol";
import type { FastifyRequest } from "fastify";

import type { Hub } from "../context.ts";
import { Refused } from "../refused.ts";
import type { RateLimiter } from "./rate-limit.ts";
import type { CredentialCheck, Signer } from "./signer.ts";

/** How callers come in. */
export interface Door {
  readonly checks: readonly CredentialCheck[];
  /** Told of every credential that was refused; never of the secret part. */
  refused(attempt: RefusedAttempt): void;
}

export interface RefusedAttempt {
  /** What is public of the credential: enough to know it by. */
  readonly prefix: string;
  readonly from: string;
  readonly requestId: string;
  readonly route: string;
}

/**
 * Lets a request in, or not: signs its caller in, holds it to its rate, and looks whether it may do
 * what the route is for. Who is not signed in is held to the rate of its address.
 *
 * @returns the signer; null for a route that asks for none
 * @throws Refused `not-signed-in`, `not-allowed`, `rate-limited`
 */
export async function admit(
  { hub, door, limiter }: { hub: Hub; door: Door; limiter: RateLimiter },
  request: FastifyRequest,
): Promise<Signer | null> {
  const { rates } = hub.config.limits;
  const address = { name: `address/${request.ip}`, rate: rates.anonymous };
  const needs = neededFor(request);
  if (needs === "public" || needs === "join-token") {
    if (address.rate) refuseIfLate(limiter.take(address.name, address.rate));
    return null;
  }

  if (address.rate) refuseIfLate(limiter.look(address.name, address.rate));
  const signer = await signIn(door, request);
  if (signer instanceof Refused) {
    if (address.rate) limiter.take(address.name, address.rate);
    throw signer;
  }
  const rate = rates[rateClass(signer)];
  if (rate) refuseIfLate(limiter.take(`key/${signer.key}`, rate));
  refuseUnlessAllowed(signer, needs);
  return signer;
}

/** Whether the credential that a stream was opened with is still good. */
export async function isStillGood(door: Door, request: FastifyRequest): Promise<boolean> {
  const secret = secretIn(request);
  return secret === undefined || (await checkFor(door, secret)?.signIn(secret)) !== undefined;
}

function neededFor(request: FastifyRequest): Permission {
  const { route } = request.routeOptions.config as { route?: Route };
  return route?.needs ?? "public"; // not a path of the API: /docs, or nothing at all
}

async function signIn(door: Door, request: FastifyRequest): Promise<Signer | Refused> {
  const secret = secretIn(request);
  if (secret === undefined) {
    const cure = 'send the header "Authorization: Bearer <API key>"';
    const why = request.headers.authorization === undefined ? "no key was sent" : "no bearer key";
    return new Refused("not-signed-in", {}, `${why}; ${cure}`);
  }
  const signer = await checkFor(door, secret)?.signIn(secret);
  if (signer) return signer;

  door.refused({
    prefix: publicPart(secret),
    from: request.ip,
    requestId: request.id,
    route: `${request.method} ${request.routeOptions.url ?? ""}`,
  });
  return new Refused("not-signed-in", {}, "the key is unknown, expired or revoked");
}

function secretIn({ headers }: FastifyRequest): string | undefined {
  const [, secret] = /^bearer +([\w.~+/=-]{1,512})$/i.exec(headers.authorization ?? "") ?? [];
  return secret;
}

/** The check whose prefix is the longest that fits: "wadi_agent_" before "wadi_". */
function checkFor({ checks }: Door, secret: string): CredentialCheck | undefined {
  return checks
    .filter(({ prefix }) => secret.startsWith(prefix))
    .sort((a, b) => b.prefix.length - a.prefix.length)[0];
}

/** Of "wadi_abcdefghijkl_…" the part that names the key; of anything else only that it was. */
const publicPart = (secret: string) =>
  /^wadi[a-z_]*_[A-Za-z0-9]{6,32}(?=_)/.exec(secret)?.[0] ?? "of another form";

function rateClass({ role }: Signer): "key" | "operator" | "agent" {
  if (role === "agent") return "agent";
  return role === "operator" || role === "auditor" ? "operator" : "key";
}

function refuseIfLate(retryAfterMs: number): void {
  if (retryAfterMs === 0) return;
  const detail = `too many requests; ask again in ${Math.ceil(retryAfterMs / 1000)} s`;
  throw new Refused("rate-limited", { retryAfterMs }, detail);
}

function refuseUnlessAllowed({ role, permissions }: Signer, needs: Permission): void {
  if (needs === "signed" || permissions.has(needs)) return;
  const detail = `this needs the permission ${needs}, which this ${role} key does not have`;
  throw new Refused("not-allowed", { needs, role }, detail);
}
