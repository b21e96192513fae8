import type { TenantId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { uploadsOf } from "../files/index.ts";
import { wrongField } from "../refused.ts";
import type { Draft, Intake } from "./draft.ts";

/** Refuses a draft with an input that its tenant has not uploaded. */
export async function checkUploads(sql: Sql, { open, refuse }: Intake): Promise<void> {
  const asking = open().filter((draft) => inputsOf(draft).length > 0);
  const byTenant = new Map<TenantId, Draft[]>();
  for (const draft of asking) {
    byTenant.set(draft.tenant, [...(byTenant.get(draft.tenant) ?? []), draft]);
  }
  for (const [tenant, drafts] of byTenant) {
    const files = [
      ...new Set(drafts.flatMap((draft) => inputsOf(draft).map(({ sha256 }) => sha256))),
    ];
    const uploaded = await uploadsOf(sql, { tenant, files });
    for (const draft of drafts) {
      const missing = inputsOf(draft).find(({ sha256 }) => !uploaded.has(sha256));
      if (!missing) continue;
      const cure = `upload it first with PUT /v1/uploads/${missing.sha256}`;
      refuse(draft, wrongField(`/inputs/${missing.at}/sha256`, `no such file is stored; ${cure}`));
    }
  }
}

const inputsOf = ({ spec }: Draft) =>
  spec.inputs.flatMap((input, at) =>
    input.kind === "upload" ? [{ sha256: input.sha256, at }] : [],
  );
