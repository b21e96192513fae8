import { describeMachine } from "./machine.ts";

/** Each benchmark by name; it prints its own table and says what it compares with. */
const benches: Readonly<Record<string, () => Promise<{ run: () => Promise<void> }>>> = {
  jobs: () => import("./jobs.ts"),
  latency: () => import("./latency.ts"),
  ledger: () => import("./ledger.ts"),
  memory: () => import("./memory.ts"),
  start: () => import("./start.ts"),
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in benches));
if (unknown.length > 0) {
  const names = Object.keys(benches).join(", ");
  process.stderr.write(`there is no benchmark ${unknown.join(", ")}; there are ${names}\n`);
  process.exitCode = 2;
} else {
  console.log(`${await describeMachine()}\n`);
  for (const name of asked.length > 0 ? asked : Object.keys(benches)) {
    console.log(`## ${name}\n`);
    const { run } = await benches[name]!();
    await run();
    console.log();
  }
}
