// Compares the rules with the oracle on many claims: node test/oracle/oracle-main.ts 1000000 [seed]
import { compare, emptyTally } from "./compare.ts";

const [claims = "1000000", seed = "1"] = process.argv.slice(2);
const tally = emptyTally();
const start = process.cpuUsage();
const difference = compare(Number(claims), Number(seed), tally);
const { user } = process.cpuUsage(start);
console.log(JSON.stringify(tally));
console.log(`${Math.round(user / 1e6)} s of processor time`);
console.log(difference ?? "no difference");
if (difference !== null) process.exitCode = 1;
