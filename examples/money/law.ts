import { readFile } from "node:fs/promises";
import path from "node:path";
import { routes } from "@wadi/protocol";
import { parse } from "yaml";
import type { ProgrammeJson } from "@wadi/protocol/programme";

import { monthSpan } from "./calendar.ts";
import { theOne, type People } from "./people.ts";
import { programmes, type ProgrammeName } from "./plan-tenants.ts";

/** A programme as it was published, in its file. */
export interface Law {
  readonly name: ProgrammeName;
  readonly rules: ProgrammeJson;
  /** The one that its officers speak for, and all that pay. */
  readonly fund: string;
  readonly funds: readonly string[];
}

const folder = path.join(import.meta.dirname, "../../programmes");

export async function readLaws(): Promise<Law[]> {
  const names = Object.keys(programmes) as ProgrammeName[];
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(path.join(folder, `${name}.yaml`), "utf8");
      const rules = parse(text) as ProgrammeJson & { payers: { fund: string }[] };
      const funds = rules.payers.map(({ fund }) => fund);
      return { name, rules, funds, fund: funds[0]! };
    }),
  );
}

/** The province's own: half of every charge for newcomers, and only until the month's middle. */
export const trial = { programme: "newcomers", fund: "province", grant: "12000" } as const;

/** What is put at each fund's disposal: more than is claimed, in yuan. */
export const appropriation = "60000000";

/**
 * One officer puts a programme's rules, another approves them; where several funds pay, the
 * operator does, since an officer speaks for one fund.
 */
export async function proposeAndApprove(laws: readonly Law[], people: People): Promise<void> {
  for (const { name, rules, fund, funds } of laws) {
    const [first, another] = theOne(people.officers, fund);
    await first!.ask(routes.putProgrammeRules, { params: { id: name }, body: rules });
    const params = { id: name, version: rules.version.number };
    const approver = funds.length === 1 ? another! : people.operator;
    await approver.ask(routes.approveProgrammeRules, { params });
  }
  const until = monthSpan.from.add({ hours: 24 * 14 });
  await people.operator.ask(routes.putProgramme, {
    params: { id: trial.programme },
    body: {
      ...{ fund: trial.fund, name: "Newcomers", rate: "0.5", capPerTenant: "20000" },
      expiresAt: `${until}`,
    },
  });
}
