import { mkdir, open, rename } from "node:fs/promises";
import path from "node:path";
import { formatYuan, type CardSeconds, type MicroYuan, type TenantId } from "@wadi/core/units";

/** What an e-invoice is asked for: one for each tenant and published month. */
export interface InvoiceRequest {
  /** Names the request for ever: asked again it is the same invoice. */
  readonly number: string;
  readonly month: string;
  /** The request of an earlier revision of the month, whose invoice this one is in place of. */
  readonly replaces: string | null;
  readonly buyer: { readonly tenant: TenantId; readonly name: string };
  readonly lines: readonly {
    readonly model: string;
    readonly cardSeconds: CardSeconds;
    /** What the tenant pays itself; vouchers are not in it. */
    readonly amount: MicroYuan;
  }[];
  readonly amount: MicroYuan;
  readonly paidByVouchers: MicroYuan;
  readonly requestedAt: Temporal.Instant;
}

/**
 * Where requests for e-invoices go. A request may come more than once, after a crash: `number`
 * tells. Taxes and titles are for the invoicing system, which knows the buyer's.
 */
export interface InvoiceAdapter {
  /** Returns once the request is safe with whoever makes the invoice. */
  request(request: InvoiceRequest): Promise<void>;
}

/** Writes each request as a JSON file into a folder, whole or not at all. */
export function fileInvoices(folder: string): InvoiceAdapter {
  return {
    request: async (request) => {
      await mkdir(folder, { recursive: true });
      const file = path.join(folder, `${request.number}.json`);
      const text = `${JSON.stringify(documentOf(request), null, 2)}\n`;
      const handle = await open(`${file}.part`, "w");
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(`${file}.part`, file);
    },
  };
}

const documentOf = ({ lines, amount, paidByVouchers, requestedAt, ...rest }: InvoiceRequest) => ({
  version: 1,
  ...rest,
  currency: "CNY",
  lines: lines.map(({ model, cardSeconds, amount: cost }) => {
    return { model, cardSeconds: cardSeconds.toString(), amount: formatYuan(cost) };
  }),
  amount: formatYuan(amount),
  paidByVouchers: formatYuan(paidByVouchers),
  requestedAt: requestedAt.toString(),
});
