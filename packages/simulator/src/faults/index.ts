export { noFaults, type Breakable, type Faults, type Outage, type PlannedFault } from "./faults.ts";
