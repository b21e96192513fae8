import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createClient, routes, type Client, type PersonRole } from "@wadi/protocol";

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
  const { tenant, fund, programme } = file;
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
  await operator.call(routes.putFund, { params: { id: fund.id }, body: { name: fund.name } });
  await operator.call(routes.appropriate, {
    params: { id: fund.id },
    idempotencyKey: "region-file/appropriation",
    body: { amount: fund.appropriation, note: "the year's budget" },
  });
  return grant(operator, { tenant, fund, programme });
}

/** The fund's officer opens the programme and grants the tenant its voucher. */
async function grant(
  operator: Client,
  { tenant, fund, programme }: Pick<RegionFile, "tenant" | "fund" | "programme">,
): Promise<void> {
  const known = await Array.fromAsync(operator.each(routes.listProgrammes));
  if (!known.some(({ id }) => id === programme.id)) {
    const { name, rate, capPerTenant, validDays } = programme;
    const expiresAt = Temporal.Now.instant().add({ hours: 24 * validDays });
    await operator.call(routes.putProgramme, {
      params: { id: programme.id },
      body: { fund: fund.id, name, rate, capPerTenant, expiresAt },
    });
  }
  await operator.call(routes.grantVoucher, {
    params: { id: programme.id },
    idempotencyKey: "region-file/grant",
    body: { tenant: tenant.id, amount: programme.grant, note: "" },
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
    keys[party] =
      old && (await isGood(at.hub, old)) ? old : await makeKey(operator, party, at.file);
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

async function isGood(hub: string, key: string): Promise<boolean> {
  return createClient({ hub, key, tries: 1 })
    .call(routes.readMe)
    .then(
      () => true,
      () => false,
    );
}

async function makeKey(operator: Client, party: Party, file: RegionFile): Promise<string> {
  const nobody = { tenant: null, provider: null, fund: null };
  const [provider] = Object.keys(file.providers) as [never];
  const who: Record<Party, { role: PersonRole; scope: typeof nobody | object }> = {
    tenant: { role: "tenant-admin", scope: { ...nobody, tenant: file.tenant.id } },
    provider: { role: "provider", scope: { ...nobody, provider } },
    officer: { role: "programme-officer", scope: { ...nobody, fund: file.fund.id } },
    auditor: { role: "auditor", scope: nobody },
  };
  const { role, scope } = who[party];
  const made = await operator.call(routes.makeKey, {
    body: {
      label: `npm start: ${party}`,
      role,
      scope: scope as typeof nobody,
      permissions: null,
      validFor: (90 * 86_400_000) as never,
    },
  });
  return made.secret;
}
