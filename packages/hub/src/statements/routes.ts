import {
  moneyRoutes as api,
  settlementRoutes,
  type Statement,
  type statementQuery,
} from "@wadi/protocol";
import type { z } from "zod";

import type { Hub } from "../context.ts";
import {
  content,
  languageOf,
  seesAll,
  seesFund,
  seesProvider,
  seesTenant,
  serve,
  type App,
  type Content,
} from "../http/index.ts";
import { auditBooks, type MoreChecks } from "./audit-books.ts";
import { readBalance, type UnitsHeld } from "./read-balance.ts";
import type { Asking, JobNames } from "./asking.ts";
import { statementCsv } from "./csv.ts";
import { districtStatement, putDistrict } from "./district-statement.ts";
import { fundStatement } from "./fund-statement.ts";
import { statementPdf } from "./pdf.ts";
import { providerStatement } from "./provider-statement.ts";
import { notFound } from "./snapshot.ts";
import { tenantStatement } from "./tenant-statement.ts";
import { statementText } from "./text.ts";
import { wordsIn, type Words } from "./words.ts";
import { statementXlsx } from "./xlsx.ts";

export function serveStatements(
  app: App,
  of: { hub: Hub; jobNames: JobNames; moreChecks?: MoreChecks; unitsHeld?: UnitsHeld },
): void {
  const { hub, jobNames, moreChecks, unitsHeld } = of;
  const asking = (call: Asked): Asking => ({
    asked: { from: call.query.from, until: call.query.until },
    jobNames,
    words: wordsIn(languageOf(call)),
    detail: call.query.detail,
    timeZone: hub.config.timeZone,
  });
  const reply = async (call: Asked, make: (asking: Asking) => Promise<Statement>) => {
    const asked = asking(call);
    return shown(await make(asked), { format: call.query.format, words: asked.words, hub });
  };

  serve(app, api.tenantStatement, (call) => {
    const { id } = call.params;
    if (!seesTenant(call.signer, id)) throw notFound(`tenant ${id}`);
    return reply(call, (asked) => tenantStatement(hub, id, asked));
  });

  serve(app, api.providerStatement, (call) => {
    const { id } = call.params;
    if (!seesProvider(call.signer, id)) throw notFound(`provider ${id}`);
    return reply(call, (asked) => providerStatement(hub, id, asked));
  });

  serve(app, api.fundStatement, (call) => {
    const { id } = call.params;
    if (!seesFund(call.signer, id)) throw notFound(`fund ${id}`);
    return reply(call, (asked) => fundStatement(hub, id, asked));
  });

  serve(app, settlementRoutes.putDistrict, (call) =>
    putDistrict(hub, { ...call.params, ...call.body, by: call }),
  );

  serve(app, settlementRoutes.districtStatement, (call) => {
    const { id } = call.params;
    if (!seesAll(call.signer)) throw notFound(`district ${id}`);
    return reply(call, (asked) => districtStatement(hub, id, asked));
  });

  serve(app, api.readBalance, ({ params: { id }, signer }) => {
    if (!seesTenant(signer, id)) throw notFound(`tenant ${id}`);
    return readBalance(hub, id, unitsHeld);
  });

  serve(app, api.auditBooks, () => auditBooks(hub, moreChecks));
}

type Query = z.output<typeof statementQuery>;
type Asked = Parameters<typeof languageOf>[0] & { readonly query: Query };

/** In the form that was asked for; all but JSON and text are files to keep. */
async function shown(
  statement: Statement,
  { format, words, hub }: { format: Query["format"]; words: Words; hub: Hub },
): Promise<Statement | Content> {
  const asFile = (type: string, body: string | Uint8Array) => {
    const name = `statement-${statement.of}-${statement.id}.${format}`;
    const headers = { "content-disposition": `attachment; filename="${name}"` };
    return content({ type, body, headers });
  };
  switch (format) {
    case "json":
      return statement;
    case "csv":
      return asFile("text/csv", statementCsv(statement, words));
    case "xlsx":
      return asFile(xlsxType, await statementXlsx(statement, words));
    case "pdf": {
      const { pdfFont: font, issuer } = hub.config;
      return asFile("application/pdf", await statementPdf(statement, { words, font, issuer }));
    }
    case "text":
      return content({ type: "text/plain", body: statementText(statement, words) });
  }
}

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
