import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";
import { amount, caseFields, centreSpec, linkSpec, programmeDocument, slug } from "@wadi/protocol";
import type { CentreId, FundId, ProgrammeId, ProviderId, TenantId } from "@wadi/core/units";

/** The region that `npm start` sets up, as region.yaml describes it. */
const regionFile = z.strictObject({
  places: z.array(linkSpec),
  providers: z.record(slug<ProviderId>(), z.strictObject({ name: z.string() })),
  centres: z.record(slug<CentreId>(), centreSpec),
  tenant: z.strictObject({ id: slug<TenantId>(), name: z.string(), topUp: amount }),
  funds: z.record(slug<FundId>(), z.strictObject({ name: z.string(), appropriation: amount })),
  programme: slug<ProgrammeId>(),
  claim: z.strictObject(caseFields),
});
export type RegionFile = z.output<typeof regionFile>;

/** @throws Error naming the field when the file does not fit */
export async function readRegionFile(path: URL): Promise<RegionFile> {
  const read = regionFile.safeParse(parse(await readFile(path, "utf8")));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new Error(`region.yaml: ${issue?.path.join(".")}: ${issue?.message}`);
}

/** @throws Error naming the field when the file does not fit */
export async function readProgrammeFile(path: URL): Promise<z.output<typeof programmeDocument>> {
  const read = programmeDocument.safeParse(parse(await readFile(path, "utf8")));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new Error(`${path.pathname}: ${issue?.path.join(".")}: ${issue?.message}`);
}
