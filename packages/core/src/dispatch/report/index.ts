export type { IdlePool } from "./idle.ts";
export { lineSentence, type LineCode, type ReportLine } from "./line.ts";
export { regionReport, type QueueRow, type RegionReport } from "./region-report.ts";
export { lineSentences } from "./sentences.ts";
export type { Utilisation } from "./use.ts";
