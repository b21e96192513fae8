export { type About, type Input } from "./about.ts";
export { comparison, type ComparisonRow } from "./comparison.ts";
export { measuredOf, type Measured } from "./measured.ts";
export { difference, shown } from "./numbers.ts";
export { wordsIn, type Language, type Words } from "./words.ts";
export {
  partOf,
  reportFiles,
  stateOfFolder,
  writeReport,
  type ReportFile,
  type ReportOptions,
} from "./write-report.ts";
