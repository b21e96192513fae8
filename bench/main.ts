import { describeMachine } from "./machine.ts";

interface Bench {
  /** @param part  of a benchmark that has parts: that one alone */
  run(part?: string): Promise<void>;
}

/** Each benchmark by name; it prints its own table and says what it compares with. */
const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  claims: () => import("./claims.ts"),
  dispatch: () => import("./dispatch.ts"),
  jobs: () => import("./jobs.ts"),
  latency: () => import("./latency.ts"),
  ledger: () => import("./ledger.ts"),
  "live-queue": () => import("./live-queue.ts"),
  memory: () => import("./memory.ts"),
  metering: () => import("./metering.ts"),
  rounds: () => import("./rounds.ts"),
  settlement: () => import("./settlement.ts"),
  start: () => import("./start.ts"),
};

/** `dispatch` or, one part of it, `dispatch:philly`. */
const asked = process.argv.slice(2).map((text) => text.split(":") as [string, string?]);
const unknown = asked.map(([name]) => name).filter((name) => !(name in benches));
if (unknown.length > 0) {
  const names = Object.keys(benches).join(", ");
  process.stderr.write(`there is no benchmark ${unknown.join(", ")}; there are ${names}\n`);
  process.exitCode = 2;
} else {
  console.log(`${await describeMachine()}\n`);
  const all = Object.keys(benches).map((name): [string, string?] => [name]);
  for (const [name, part] of asked.length > 0 ? asked : all) {
    console.log(`## ${name}\n`);
    const { run } = await benches[name]!();
    await run(part);
    console.log();
  }
}
