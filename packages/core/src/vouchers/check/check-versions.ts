import type { Problem } from "../../capacity/index.ts";
import type { ProgrammeRules } from "../rules/index.ts";

/** R43: versions of one programme, in the order of their numbers: no gap, no overlap. */
export function checkVersions(versions: readonly ProgrammeRules[]): Problem[] {
  return versions.flatMap((rules, index) => {
    const before = versions[index - 1];
    if (before === undefined) return [];
    const path = `/${index}/version`;
    const problems: Problem[] = [];
    if (rules.id !== before.id) {
      const message = `"${rules.id}" is another programme than "${before.id}"; keep them apart`;
      problems.push({ path: `/${index}/id`, message });
    }
    if (rules.version.number !== before.version.number + 1) {
      const numbers = `${rules.version.number} follows ${before.version.number}`;
      problems.push({ path: `${path}/number`, message: `${numbers}; number them in turn` });
    }
    return [...problems, ...checkStart(`${path}/inForce/from`, before, rules)];
  });
}

function checkStart(path: string, before: ProgrammeRules, rules: ProgrammeRules): Problem[] {
  const { until } = before.version.inForce;
  const { from } = rules.version.inForce;
  if (until === null) {
    const end = from.subtract({ days: 1 });
    const message = `version ${before.version.number} has no end; let it end on ${end}`;
    return [{ path, message }];
  }
  const next = until.add({ days: 1 });
  const order = Temporal.PlainDate.compare(from, next);
  if (order === 0) return [];
  const what = order > 0 ? "no version holds before it" : "two versions hold from then on";
  const message = `${from} follows ${until}: ${what}; let it begin on ${next}`;
  return [{ path, message }];
}
