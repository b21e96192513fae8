import { Command, type Argument, type CommanderError, type Option } from "commander";
import { afterEach, expect, test } from "vitest";
import { startDouble, type HubDouble } from "../testing/hub-double.ts";
import { runProgram } from "../testing/run-program.ts";
import { monthArgument, versionNumber, wholeNumber, zoneOption } from "./runner.ts";

/* What is typed is judged before a hub is asked, in words that say what would be right. */

let double: HubDouble | undefined;
afterEach(async () => {
  await double?.close();
  double = undefined;
});

const quiet = () => new Command().exitOverride().configureOutput({ writeErr: () => {} });

function read(part: Argument | Option, typed: string): unknown {
  const isOption = "flags" in part;
  const command = isOption ? quiet().addOption(part) : quiet().addArgument(part);
  try {
    command.parse(isOption ? ["--it", typed] : [typed], { from: "user" });
    return isOption ? command.opts()["it"] : command.processedArgs[0];
  } catch (error) {
    return (error as CommanderError).message.replace(/^.* It must be/, "It must be");
  }
}

const whole = (least: number) => `It must be a whole number, ${least} or more.`;
const noMonth = "It must be a month such as 2026-11.";
const noZone = "It must be a time zone such as Asia/Shanghai.";
test.each([
  [() => versionNumber("<version>", ""), "7", 7],
  [() => versionNumber("<version>", ""), "0", whole(1)],
  [() => versionNumber("<version>", ""), "1.5", whole(1)],
  [() => versionNumber("<version>", ""), "one", whole(1)],
  [() => wholeNumber("--it <n>", "", { least: 0 }), "0", 0],
  [() => wholeNumber("--it <n>", "", { least: 2000 }), "25", whole(2000)],
  [monthArgument, "2026-11", "2026-11"],
  [monthArgument, "2026-13", noMonth],
  [monthArgument, "2026-1", noMonth],
  [monthArgument, "november", noMonth],
  [() => zoneOption("--it <zone>", "", "UTC"), "Asia/Urumqi", "Asia/Urumqi"],
  [() => zoneOption("--it <zone>", "", "UTC"), "+08:00", noZone],
  [() => zoneOption("--it <zone>", "", "UTC"), "nowhere", noZone],
])("%o reads %s as %s", (make, typed, expected) => {
  expect(read(make(), typed)).toBe(expected);
});

test.each([
  ["close show 2026-13"],
  ["close prepare november"],
  ["close prepare 2026-10 --time-zone nowhere"],
  ["close publish 2026-1"],
  ["focus export 26-11 -o costs.csv"],
  ["price bill acme 2026-99"],
  ["price approve lakeside one"],
  ["programme approve ai one"],
  ["provider approve-terms lakeside 0"],
])("wadi %s is a wrong use of it, told without asking the hub", async (line) => {
  double = await startDouble({});
  const { code } = await runProgram(line.split(" "), { hub: double.url });
  expect(code).toBe(2);
  expect(double.calls).toEqual([]);
});
