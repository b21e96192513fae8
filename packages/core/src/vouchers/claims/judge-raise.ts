import type { Problem } from "../../capacity/index.ts";
import { formatYuan, type MicroYuan } from "../../units/index.ts";
import type { Cap, ProgrammeRules } from "../rules/index.ts";

/**
 * R28: why a cap may not be raised to `limit` by an approval, by the field that is wrong; null
 * where nothing stands against it. The last version that has the cap says how far it may go.
 *
 * @param versions  oldest first
 */
export function judgeRaise(
  versions: readonly Pick<ProgrammeRules, "id" | "caps">[],
  { cap: code, limit }: { cap: string; limit: MicroYuan },
): Problem | null {
  const wrong = (path: string, message: string): Problem => ({ path, message });
  const cap = versions.flatMap(({ caps }) => caps).findLast((one) => one.code === code);
  if (!cap) return wrong("/cap", `"${code}" is no cap of the programme; ${raisable(versions)}`);
  const { relaxableTo } = cap;
  if (relaxableTo === null || !("amount" in cap.limit)) {
    return wrong("/cap", `"${code}" may not be raised by its rules; ${raisable(versions)}`);
  }
  const read = `read ${formatYuan(limit)}`;
  if (limit > relaxableTo) {
    const most = formatYuan(relaxableTo);
    return wrong("/limit", `must be at most ${most}, as far as the rules let it go; ${read}`);
  }
  if (limit > cap.limit.amount) return null;
  const own = formatYuan(cap.limit.amount);
  return wrong("/limit", `must be above ${own}, which the cap allows anyway; ${read}`);
}

function raisable(versions: readonly Pick<ProgrammeRules, "caps">[]): string {
  const caps = versions.at(-1)?.caps ?? [];
  const codes = caps.filter((cap: Cap) => cap.relaxableTo !== null).map(({ code }) => code);
  return codes.length === 0 ? "none may be raised" : `these may be raised: ${codes.join(", ")}`;
}
