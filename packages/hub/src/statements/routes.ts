import { moneyRoutes as api, type Statement } from "@wadi/protocol";
import type { z } from "zod";

import type { Hub } from "../context.ts";
import {
  content,
  seesFund,
  seesProvider,
  seesTenant,
  serve,
  type App,
  type Content,
} from "../http/index.ts";
import { auditBooks } from "./audit-books.ts";
import { readBalance } from "./read-balance.ts";
import type { JobNames } from "./compose.ts";
import { statementCsv } from "./csv.ts";
import { fundStatement } from "./fund-statement.ts";
import { providerStatement } from "./provider-statement.ts";
import { notFound } from "./snapshot.ts";
import { tenantStatement } from "./tenant-statement.ts";
import { statementText } from "./text.ts";

export function serveStatements(
  app: App,
  { hub, jobNames }: { hub: Hub; jobNames: JobNames },
): void {
  serve(app, api.tenantStatement, async ({ params: { id }, query, signer }) => {
    if (!seesTenant(signer, id)) throw notFound(`tenant ${id}`);
    return shown(await tenantStatement(hub, id, { asked: bounds(query), jobNames }), query);
  });

  serve(app, api.providerStatement, async ({ params: { id }, query, signer }) => {
    if (!seesProvider(signer, id)) throw notFound(`provider ${id}`);
    return shown(await providerStatement(hub, id, { asked: bounds(query), jobNames }), query);
  });

  serve(app, api.fundStatement, async ({ params: { id }, query, signer }) => {
    if (!seesFund(signer, id)) throw notFound(`fund ${id}`);
    return shown(await fundStatement(hub, id, { asked: bounds(query), jobNames }), query);
  });

  serve(app, api.readBalance, async ({ params: { id }, signer }) => {
    if (!seesTenant(signer, id)) throw notFound(`tenant ${id}`);
    return readBalance(hub, id);
  });

  serve(app, api.auditBooks, () => auditBooks(hub));
}

type Query = z.output<(typeof api.tenantStatement)["query"]>;

const bounds = ({ from, until }: Query) => ({ from, until });

function shown(statement: Statement, { format }: Query): Statement | Content {
  const name = `${statement.of}-${statement.id}`;
  switch (format) {
    case "json":
      return statement;
    case "csv": {
      const headers = { "content-disposition": `attachment; filename="statement-${name}.csv"` };
      return content({ type: "text/csv", body: statementCsv(statement), headers });
    }
    case "text":
      return content({ type: "text/plain", body: statementText(statement) });
  }
}
