import { writeFileSync } from "node:fs";
import path from "node:path";
import { fleetFile } from "./fleet-file.ts";
import { province, smallProvince } from "./plan.ts";

/* Writes the two fleet files beside it: `node examples/province/make-fleet.ts`. */

const beside = (file: string) => path.join(import.meta.dirname, file);
writeFileSync(beside("fleet.yaml"), fleetFile(province));
writeFileSync(beside("small-fleet.yaml"), fleetFile(smallProvince));
