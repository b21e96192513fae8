import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { routes } from "@wadi/protocol";
import type { TenantId } from "@wadi/core/units";
import type { Context } from "../context.ts";
import { wrongUse } from "../failure.ts";
import { outFile } from "../out-file.ts";
import { readPeriod, type PeriodInput } from "../read-period.ts";

export interface BundleInput extends PeriodInput {
  readonly tenant?: string;
  /** "-" is standard output. */
  readonly out: string;
  readonly force?: true;
}

/** Writes a tenant's bill with all that proves it into a file. */
export async function bundle(context: Context, input: BundleInput): Promise<void> {
  const { out, force } = input;
  if (out !== "-" && force !== true && existsSync(out)) {
    throw wrongUse(`${out} is there already; give another file, or --force to replace it`);
  }
  if (out !== "-") outFile(out);
  const id = (input.tenant ?? (await ownTenant(context))) as TenantId;
  const hub = await context.client();
  // Not decoded: its digest is over what the hub wrote.
  const asked = hub.wire(routes.tenantBundle, { params: { id }, query: readPeriod(input) });
  const text = `${JSON.stringify(await context.during("asking the hub", asked))}\n`;
  if (out === "-") return context.write(text);
  await writeFile(out, text, { mode: 0o600 }); // it says what somebody runs and pays
  if (context.json) return context.printJson({ file: out, tenant: id });
  context.print(`${out}: the bill of ${id} with its proof`);
  context.note(`prove it with: wadi verify ${out}`);
}

async function ownTenant(context: Context): Promise<string> {
  const { tenant } = (await context.ask(routes.readMe)).value.scope;
  if (tenant !== null) return tenant;
  throw wrongUse("whose bill? This key speaks for no tenant", "name one: wadi bundle TENANT");
}
