/**
 * A hub's part in leadership and no more, as a process that tests can freeze: leads, says its
 * epoch, and makes a round, in the epoch it began with, for each line it is sent.
 */
import { createInterface } from "node:readline";

import { connectDb } from "../db/db.ts";
import { fence, standForLead } from "../db/leadership.ts";

const db = connectDb(process.argv[2] ?? "");
const began = Promise.withResolvers<bigint>();
const candidacy = standForLead(db, {
  holder: `process ${process.pid}`,
  onChange: (epoch) => epoch !== undefined && began.resolve(epoch),
});

const epoch = await began.promise;
console.log(String(epoch));
for await (const _line of createInterface(process.stdin)) {
  await db
    .transaction((sql) => fence(sql, epoch))
    .then(
      () => console.log("done"),
      (error: unknown) => console.log(String(error)),
    );
}
await candidacy.stop();
await db.close();
