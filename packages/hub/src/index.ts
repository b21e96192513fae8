export { addressFile, type Running } from "./address-file.ts";
export { readConfig, WrongSettings, type Config } from "./config.ts";
export type { Clock, Hub } from "./context.ts";
export {
  connectDb,
  joinDatabase,
  migrate,
  openDatabase,
  type Db,
  type OpenDatabase,
} from "./db/index.ts";
export { checkLaws, readJobTrail } from "./jobs/index.ts";
export { auditJournal, postTransfers } from "./ledger/index.ts";
export { startHub, type HubParts, type RunningHub } from "./hub.ts";
export { version } from "./version.ts";
