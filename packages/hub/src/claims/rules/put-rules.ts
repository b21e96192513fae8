import type { ProgrammeId } from "@wadi/core/units";
import { checkRules, checkVersions, type ProgrammeRules } from "@wadi/core/vouchers";
import { placeInFile } from "@wadi/protocol";

import type { Hub } from "../../context.ts";
import type { Sql } from "../../db/index.ts";
import { seesFund } from "../../http/index.ts";
import { Refused, refuseWrongFields, wrongField } from "../../refused.ts";
import { audit, type AuditEntry } from "../../tenants/index.ts";
import { fundOf, putProgrammeIn } from "../../vouchers/index.ts";
import { forJobs } from "./for-jobs.ts";
import { lockRules, rulesOf, saveApproval, saveDraft, type StoredRules } from "./rules-store.ts";

type By = AuditEntry["by"];

/**
 * Puts a draft of the next version. Claims are decided by it once another person has approved it.
 * @throws Refused `invalid-request` with every wrong field, `wrong-state` for a version that was
 *   approved already or leaves a number out
 */
export function putRules(
  hub: Pick<Hub, "db" | "clock">,
  { id, rules, by }: { id: ProgrammeId; rules: ProgrammeRules; by: By },
): Promise<StoredRules> {
  if (rules.id !== id) throw wrongField("/programme", `must be "${id}", as in the path`);
  refuseWrong(checkRules(rules));
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    await lockRules(sql, id);
    await refuseForeignFunds(sql, rules, by);
    const before = await rulesOf(sql, id);
    const { number } = rules.version;
    const approved = before.filter(({ approvedAt }) => approvedAt !== null);
    const last = approved.at(-1)?.rules;
    if (last && !speaksForSome(last, by)) {
      const detail = `${id} is a programme of other funds; take another name`;
      throw new Refused("already-exists", {}, detail);
    }
    if (number !== approved.length + 1) {
      const cure = `the next one is ${approved.length + 1}`;
      throw new Refused("wrong-state", { version: number }, `version ${number} of ${id}; ${cure}`);
    }
    const known = approved.map((one) => one.rules);
    refuseWrong(
      checkVersions([...known, rules]).flatMap(({ path, message }) =>
        path.startsWith(`/${known.length}/`)
          ? [{ path: path.slice(`/${known.length}`.length), message }]
          : [],
      ),
    );
    const draft = { rules, putBy: by.signer.key, putAt: at, approvedBy: null, approvedAt: null };
    await saveDraft(sql, draft);
    const facts = { version: number };
    await audit(sql, { by, at, action: "rules.put", subject: `programme/${id}`, facts });
    return draft;
  });
}

/**
 * Approves a draft: from then on it decides, and vouchers of it can be used for jobs.
 * @throws Refused `not-found`, `needs-another-person`, `wrong-state` when it was approved before,
 *   `not-allowed` for who does not speak for every fund that pays
 */
export function approveRules(
  hub: Pick<Hub, "db" | "clock">,
  { id, version, by }: { id: ProgrammeId; version: number; by: By },
): Promise<StoredRules> {
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    await lockRules(sql, id);
    const draft = (await rulesOf(sql, id)).find(({ rules }) => rules.version.number === version);
    if (!draft) throw new Refused("not-found", {}, `there is no version ${version} of ${id}`);
    const { rules } = draft;
    await refuseForeignFunds(sql, rules, by);
    if (draft.approvedAt !== null) {
      const detail = `version ${version} was approved at ${draft.approvedAt.toString()}`;
      throw new Refused("wrong-state", {}, detail);
    }
    if (!rules.payers.every(({ fund }) => seesFund(by.signer, fund))) {
      const detail = `${id} spends from other funds too; the operator approves it`;
      throw new Refused("not-allowed", {}, detail);
    }
    if (draft.putBy === by.signer.key) {
      throw new Refused("needs-another-person", {}, "whoever put a draft cannot approve it");
    }
    await saveApproval(sql, { rules, by: by.signer.key, at });
    await putProgrammeIn(sql, forJobs(rules), { by, at });
    const facts = { version };
    await audit(sql, { by, at, action: "rules.approve", subject: `programme/${id}`, facts });
    return { ...draft, approvedBy: by.signer.key, approvedAt: at };
  });
}

const speaksForSome = ({ payers }: Pick<ProgrammeRules, "payers">, by: By) =>
  payers.some(({ fund }) => seesFund(by.signer, fund));

async function refuseForeignFunds(sql: Sql, { payers }: ProgrammeRules, by: By): Promise<void> {
  for (const [place, { fund }] of payers.entries()) {
    if (!(await fundOf(sql, fund))) {
      throw wrongField(`/payers/${place}/fund`, `"${fund}" is no fund; open it first`);
    }
  }
  if (!speaksForSome({ payers }, by)) {
    throw wrongField("/payers", "must have a fund of yours among them");
  }
}

function refuseWrong(problems: readonly { path: string; message: string }[]): void {
  refuseWrongFields(
    problems.map(({ path, message }) => ({ pointer: placeInFile(path), detail: message })),
  );
}
