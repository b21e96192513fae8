import type { Db, Sql } from "../db/index.ts";
import { Refused } from "../refused.ts";

/** Reads all of one moment: nobody's posting tears a statement or an audit. */
export const snapshot = <T>(db: Db, read: (sql: Sql) => Promise<T>): Promise<T> =>
  db.transaction(read, { isolation: "repeatable read", readOnly: true });

/** The same whether it is another's or not there: who asks learns nothing of others. */
export const notFound = (what: string) =>
  new Refused("not-found", {}, `there is no ${what}, or it is not yours`);
