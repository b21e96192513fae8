export { startProcess, until, type RegionProcess } from "./processes.ts";
