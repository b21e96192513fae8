import { basename } from "node:path";
import { readFile } from "node:fs/promises";
import { cpuModel } from "@wadi/core/capacity";
import type { Workload } from "../workload.ts";
import { WrongInput, type Source } from "./mistakes.ts";
import { openbPodColumns } from "./openb-rows.ts";
import { readOpenb } from "./openb.ts";
import type { WorkloadOptions } from "./options.ts";
import { readSnapshot } from "./snapshot.ts";
import { phillyColumns, readPhilly } from "./philly.ts";
import { plainColumns, readPlain } from "./plain.ts";
import { readSwf } from "./swf.ts";
import { toWorkload } from "./to-workload.ts";
import type { Trace } from "./traced-job.ts";

export { readSnapshot, type FromSnapshot } from "./snapshot.ts";
export { splitImpossible, whyNeverIn } from "./impossible.ts";
export { Mistakes, mistakesMax, WrongInput, type Mistake, type Source } from "./mistakes.ts";
export { readPolicy } from "./policy.ts";
export { openbModels } from "./openb.ts";
export { openbFleet } from "./openb-fleet.ts";
export {
  openbHosts,
  openbPods,
  type OpenbHost,
  type OpenbPod,
  type OpenbTimes,
} from "./openb-rows.ts";
export { type CardSpeed, type WorkloadOptions } from "./options.ts";
export { readSwfLog, swfFields, type SwfField, type SwfLine, type SwfLog } from "./swf-log.ts";
export { toWorkload } from "./to-workload.ts";
export { withData, type AddedData } from "./with-data.ts";
export { type Impossible, type Trace, type TracedJob } from "./traced-job.ts";

export const workloadFormats = ["openb", "philly", "swf", "plain", "snapshot"] as const;
export type WorkloadFormat = (typeof workloadFormats)[number];

/**
 * A trace as it is played. Jobs of it that can be no job here stand in `impossible`, each with why.
 * Of a snapshot the jobs are as they are: but for `name`, options are for traces.
 * @throws WrongInput that tells every mistake, at most 20; nothing is half-read
 * @throws RangeError where an option is wrong
 */
export function readWorkload(
  source: Source,
  options: WorkloadOptions & { readonly format?: WorkloadFormat } = {},
): Workload {
  const format = options.format ?? formatOf(source);
  const name = options.name ?? basename(source.file).replace(/\.[^.]*$/, "");
  if (format === "snapshot") return readSnapshot(source, name).workload;
  const trace = readers[format](source, options);
  return toWorkload(trace, { ...options, name });
}

/** The same of a file. */
export const readWorkloadFile = async (
  file: string,
  options: WorkloadOptions & { readonly format?: WorkloadFormat } = {},
): Promise<Workload> => readWorkload({ file, text: await readFile(file, "utf8") }, options);

const readers: Readonly<
  Record<Exclude<WorkloadFormat, "snapshot">, (source: Source, options: WorkloadOptions) => Trace>
> = {
  openb: readOpenb,
  philly: (source, options) => readPhilly(source, { ...options, models: modelsOf(options) }),
  swf: readSwf,
  plain: readPlain,
};

function modelsOf({ models = [] }: WorkloadOptions) {
  if (models.length > 0) return models;
  throw new RangeError(
    `models is empty; a Philly trace names no cards: say on which its jobs run (or "${cpuModel}")`,
  );
}

/**
 * What a text is, by its first line that is no comment.
 * @throws WrongInput where it is none of them
 */
export function formatOf({ file, text }: Source): WorkloadFormat {
  const { line, number } = firstLine(text);
  if (line.startsWith("{")) return "snapshot";
  if (
    text
      .replace(/^\uFEFF/, "")
      .trimStart()
      .startsWith(";")
  )
    return "swf";
  if (line.trim().split(/\s+/).length === 18 && !line.includes(",")) return "swf";
  const names = new Set(line.split(",").map((name) => name.replaceAll('"', "").trim()));
  const has = (columns: readonly string[]) => columns.every((column) => names.has(column));
  if (has(openbPodColumns)) return "openb";
  if (has(phillyColumns)) return "philly";
  if (plainColumns.filter((column) => names.has(column)).length >= 3) return "plain";
  const right =
    `must name the columns of a plain file (${plainColumns.join(",")}), of Philly ` +
    `(${phillyColumns.join(",")}) or of openb's pods (${openbPodColumns.join(",")}), ` +
    "or be a line of SWF (18 numbers), or a snapshot (JSON)";
  throw new WrongInput(file, [{ line: number, field: "header", read: line || null, right }]);
}

function firstLine(text: string): { line: string; number: number } {
  let number = 0;
  let from = 0;
  while (from < text.length) {
    const end = text.indexOf("\n", from);
    const line = text.slice(from, end < 0 ? text.length : end).replace(/^\uFEFF/, "");
    number += 1;
    if (line.trim() !== "" && !/^[#;]/.test(line)) return { line: line.trim(), number };
    if (end < 0) break;
    from = end + 1;
  }
  return { line: "", number: 1 };
}
