import { complain } from "./keeper-log.ts";
import { keep, type KeeperOptions } from "./keeper.ts";

/*
 * The keeper's process: started by an agent, detached from it, and the parent of all its runs.
 * Its one argument is its options as JSON.
 */

// Of its own making, or it would hold the agent's: what runs create is to be readable to all.
process.umask(0o022);
process.title = "wadi-keeper";
// The keeper's end is the end of all its runs: whatever goes wrong with one of them, or on a full
// disk, must not be that. What is wrong is told in the log, and shows in that run's report.
process.on("uncaughtException", (error) => complain("the keeper goes on", error));
await keep(JSON.parse(process.argv[2] ?? "{}") as KeeperOptions);
process.exit(0);
