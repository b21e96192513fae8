export { addressFile, type Running } from "./address-file.ts";
export { readConfig, WrongSettings, type Config } from "./config.ts";
export type { Clock, Hub } from "./context.ts";
export {
  gather,
  connectDb,
  joinDatabase,
  migrate,
  openDatabase,
  type Db,
  type OpenDatabase,
} from "./db/index.ts";
export {
  approveRound,
  approveRules,
  auditClaims,
  openApplications,
  proposeRound,
  putRules,
  type Applying,
} from "./claims/index.ts";
export { checkLaws, readJobTrail } from "./jobs/index.ts";
export { auditJournal, postTransfers } from "./ledger/index.ts";
export { makeLog } from "./http/index.ts";
export { startHub, sweepOnce, type HubParts, type RunningHub } from "./hub.ts";
export { version } from "./version.ts";
