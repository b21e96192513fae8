import type { recipientColumn, FocusColumn } from "./columns.ts";
import { readDecimal, type Decimal } from "./decimal.ts";
import type { FocusRule } from "./requirements.ts";

/** The cells of a row that is being checked: null for what is empty or not in the file. */
export interface RowToCheck {
  cell(column: FocusColumn | typeof recipientColumn): string | null;
  /** Whether the file has the column at all. */
  has(column: FocusColumn | typeof recipientColumn): boolean;
}

/** What breaks a rule: in which column, and what would be right. */
export interface Breach {
  readonly column: string;
  readonly rule: FocusRule;
  readonly why: string;
}

export const isCorrection = ({ cell }: RowToCheck) => cell("ChargeClass") === "Correction";

/** Whether the row is usage, or a purchase, at a price of its own. */
export const isUsageOrPurchase = ({ cell }: RowToCheck) =>
  ["Usage", "Purchase"].includes(cell("ChargeCategory") ?? "");

export function numberIn(row: RowToCheck, column: FocusColumn): Decimal | undefined {
  const text = row.cell(column);
  return text === null ? undefined : readDecimal(text);
}
