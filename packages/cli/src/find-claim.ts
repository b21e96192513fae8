import { routes, type ClaimId } from "@wadi/protocol";
import type { Context } from "./context.ts";
import { Failure } from "./failure.ts";
import { idEndPattern, uuidPattern } from "./find-job.ts";

const shownMax = 10;

/**
 * The claim that is meant: by its id, or by the last 4 or more digits of it.
 * @throws Failure when there is none, or when several ids end so
 */
export async function findClaim({ client }: Context, typed: string): Promise<ClaimId> {
  if (uuidPattern.test(typed)) return typed as ClaimId;
  if (!idEndPattern.test(typed)) throw noClaim(typed);
  const query = { ending: typed, limit: shownMax };
  const { items } = await (await client()).call(routes.listClaims, { query });
  const [first, ...others] = items;
  if (!first) throw noClaim(typed);
  if (others.length === 0) return first.id;
  const shown = items.map(({ id, contract, state }) => `  ${id}  ${contract}  ${state}`);
  throw new Failure("usage", `several ids end in "${typed}"; give more of it`, shown);
}

const noClaim = (typed: string) =>
  new Failure("notFound", `there is no claim "${typed}" of yours`, [
    "give its id, or the last 4 or more digits of it; see wadi claim list",
  ]);
