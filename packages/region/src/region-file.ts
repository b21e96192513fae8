import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";
import { amount, centreSpec, linkSpec, share, slug } from "@wadi/protocol";
import type { CentreId, FundId, ProgrammeId, ProviderId, TenantId } from "@wadi/core/units";

/** The region that `npm start` sets up, as region.yaml describes it. */
const regionFile = z.strictObject({
  places: z.array(linkSpec),
  providers: z.record(slug<ProviderId>(), z.strictObject({ name: z.string() })),
  centres: z.record(slug<CentreId>(), centreSpec),
  tenant: z.strictObject({ id: slug<TenantId>(), name: z.string(), topUp: amount }),
  fund: z.strictObject({ id: slug<FundId>(), name: z.string(), appropriation: amount }),
  programme: z.strictObject({
    id: slug<ProgrammeId>(),
    name: z.string(),
    rate: share,
    capPerTenant: amount,
    grant: amount,
    validDays: z.int().min(1),
  }),
});
export type RegionFile = z.output<typeof regionFile>;

/** @throws Error naming the field when the file does not fit */
export async function readRegionFile(path: URL): Promise<RegionFile> {
  const read = regionFile.safeParse(parse(await readFile(path, "utf8")));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new Error(`region.yaml: ${issue?.path.join(".")}: ${issue?.message}`);
}
