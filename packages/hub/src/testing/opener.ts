/**
 * A hub's part in opening the database and no more, as a process that tests can kill: opens the
 * embedded one in the folder it is given and says its pid; with "write" it then inserts numbers
 * one by one and says each when it is acknowledged. Signals from the terminal do not end it.
 */
import { connectDb } from "../db/db.ts";
import { type EmbeddedOptions, startEmbedded } from "../db/embedded/server.ts";

const [, , stateFolder = "", work = "wait", options = "{}"] = process.argv;
process.on("SIGINT", () => console.log("interrupted"));

const server = await startEmbedded({
  ...(JSON.parse(options) as Partial<EmbeddedOptions>),
  stateFolder,
  onProgress: (step) => console.log(step),
}).catch((error: unknown) => {
  console.log(String(error));
  process.exit(1);
});
console.log(`pid ${server.pid()}`);

if (work === "write") {
  const { sql } = connectDb(server.url);
  await sql`create table if not exists written (n bigint primary key)`;
  const [last] = await sql<{ n: bigint }>`select coalesce(max(n), 0) as n from written`;
  for (let n = last!.n + 1n; ; n += 1n) {
    await sql`insert into written values (${n})`;
    console.log(`wrote ${n}`);
  }
}
setInterval(() => {}, 60_000); // until it is killed
