import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FundId } from "@wadi/core/units";
import {
  createClient,
  routes,
  type ClaimView,
  type Client,
  type PersonRole,
  type programmeDocument,
} from "@wadi/protocol";
import type { z } from "zod";

import type { RegionFile } from "./region-file.ts";

/** Who acts in the story, each with a key of its own. */
export const parties = ["tenant", "provider", "officer", "auditor"] as const;
export type Party = (typeof parties)[number];
export type Clients = Readonly<Record<Party | "operator", Client>>;

/**
 * Registers what the region file describes. Safe to repeat, also after it was cut off: names are
 * put, and money moves under keys that count once for ever.
 */
export async function setUp(operator: Client, file: RegionFile): Promise<void> {
  const { tenant } = file;
  for (const [id, { name }] of Object.entries(file.providers)) {
    await operator.call(routes.putProvider, { params: { id: id as never }, body: { name } });
  }
  for (const [id, body] of Object.entries(file.centres)) {
    await operator.call(routes.putCentre, { params: { id: id as never }, body });
  }
  for (const body of file.places) await operator.call(routes.putLink, { body });

  const quota = { cards: null, queuedJobs: null };
  await operator.call(routes.putTenant, {
    params: { id: tenant.id },
    body: { name: tenant.name, quota },
  });
  await operator.call(routes.topUp, {
    params: { id: tenant.id },
    idempotencyKey: "region-file/top-up",
    body: { amount: tenant.topUp, note: "paid in for the example" },
  });
  for (const [fund, { name, appropriation }] of Object.entries(file.funds)) {
    const params = { id: fund as FundId };
    await operator.call(routes.putFund, { params, body: { name } });
    await operator.call(routes.appropriate, {
      params,
      idempotencyKey: "region-file/appropriation",
      body: { amount: appropriation, note: "the year's budget" },
    });
  }
}

/**
 * Opens the programme, as two persons do, and claims a voucher for the tenant. Safe to repeat.
 * @param rules  the programme's file, read
 */
export async function claimVoucher(
  { operator, officer, tenant }: Clients,
  { file, rules }: { file: RegionFile; rules: z.output<typeof programmeDocument> },
): Promise<ClaimView> {
  const params = { id: file.programme };
  const { number } = rules.version;
  const before = await officer.call(routes.readProgrammeRules, { params }).catch(() => undefined);
  if (!before?.approvedAt) {
    await officer.call(routes.putProgrammeRules, { params, body: rules });
    await operator.call(routes.approveProgrammeRules, { params: { ...params, version: number } });
  }
  return tenant.call(routes.applyForVoucher, {
    params,
    idempotencyKey: "region-file/claim",
    body: { ...file.claim, tenant: file.tenant.id },
  });
}

/** Signs in everybody of the story; keys are made once and kept in a file that only we can read. */
export async function signIn(
  operator: Client,
  at: { hub: string; state: string; file: RegionFile },
): Promise<Clients> {
  const keyFile = join(at.state, "keys.json");
  const kept = await readKeys(keyFile);
  const keys: Record<string, string> = {};
  for (const party of parties) {
    const old = kept[party];
    const { scope } = whoIs(party, at.file);
    keys[party] =
      old && (await isGood(at.hub, { key: old, scope }))
        ? old
        : await makeKey(operator, party, at.file);
  }
  await writeFile(`${keyFile}.new`, JSON.stringify(keys), { mode: 0o600 });
  await rename(`${keyFile}.new`, keyFile);
  const client = (party: Party) => createClient({ hub: at.hub, key: keys[party] });
  return {
    operator,
    tenant: client("tenant"),
    provider: client("provider"),
    officer: client("officer"),
    auditor: client("auditor"),
  };
}

async function readKeys(file: string): Promise<Partial<Record<string, string>>> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Record<string, string>;
  } catch {
    return {}; // none yet, or cut off while writing: they are made anew
  }
}

/** Whether the hub takes the key, and takes it for whom the region file has now. */
async function isGood(
  hub: string,
  { key, scope }: { key: string; scope: object },
): Promise<boolean> {
  return createClient({ hub, key, tries: 1 })
    .call(routes.readMe)
    .then(
      (me) =>
        Object.entries(scope).every(([of, id]) => me.scope[of as keyof typeof me.scope] === id),
      () => false,
    );
}

const nobody = { tenant: null, provider: null, fund: null };

/** The role of a party and whom it speaks for. */
function whoIs(party: Party, file: RegionFile): { role: PersonRole; scope: typeof nobody } {
  const [provider] = Object.keys(file.providers) as [never];
  const [fund] = Object.keys(file.funds) as [never];
  switch (party) {
    case "tenant":
      return { role: "tenant-admin", scope: { ...nobody, tenant: file.tenant.id as never } };
    case "provider":
      return { role: "provider", scope: { ...nobody, provider } };
    case "officer":
      return { role: "programme-officer", scope: { ...nobody, fund } };
    case "auditor":
      return { role: "auditor", scope: nobody };
  }
}

async function makeKey(operator: Client, party: Party, file: RegionFile): Promise<string> {
  const { role, scope } = whoIs(party, file);
  const made = await operator.call(routes.makeKey, {
    body: {
      label: `npm start: ${party}`,
      role,
      scope,
      permissions: null,
      validFor: (90 * 86_400_000) as never,
    },
  });
  return made.secret;
}
