import { focusColumns, type FocusColumn, type FocusColumnRule } from "./columns.ts";
import { focusHeader } from "./rows.ts";

/** What FOCUS 1.2 asks to be told of a file's columns, apart from the file, in its own words. */
export interface FocusSchema {
  readonly SchemaId: string;
  readonly FocusVersion: string;
  readonly CreationDate: string;
  readonly ColumnDefinition: readonly FocusColumnDefinition[];
}

export interface FocusColumnDefinition {
  readonly ColumnName: string;
  readonly DataType: "DECIMAL" | "DATETIME" | "JSON" | "STRING";
  readonly NumericPrecision?: number;
  readonly NumberScale?: number;
  readonly StringEncoding?: "UTF-8";
}

/** What is billed and counted is to the micro-yuan. */
const amount = { precision: 18, scale: 6 } as const;
/** Unit prices, and the costs out of them, have more decimals. */
const price = { precision: 38, scale: 15 } as const;

/** How many digits a column of numbers has at most, and how many of them behind the point. */
export const focusDigits = (column: string) =>
  /^(?:List|Contracted)/.test(column) ? price : amount;

/** What a column of our files holds; one of our own holds text. */
export const focusType = (column: string): FocusColumnRule =>
  Object.hasOwn(focusColumns, column)
    ? focusColumns[column as FocusColumn]
    : { level: "conditional", type: "string", nulls: true };

/** Of all files that we write. Other columns or types are another schema: a new id and date. */
export const focusSchema: FocusSchema = {
  SchemaId: "0197a2f0-5c1e-7b44-9d05-3f6f2a6b1c12",
  FocusVersion: "1.2",
  CreationDate: "2026-11-22T00:00:00Z",
  ColumnDefinition: focusHeader.map(definitionOf),
};

function definitionOf(ColumnName: string): FocusColumnDefinition {
  switch (focusType(ColumnName).type) {
    case "decimal": {
      const { precision: NumericPrecision, scale: NumberScale } = focusDigits(ColumnName);
      return { ColumnName, DataType: "DECIMAL", NumericPrecision, NumberScale };
    }
    case "instant":
      return { ColumnName, DataType: "DATETIME" };
    case "json":
      return { ColumnName, DataType: "JSON" };
    case "string":
    case "currency":
      return { ColumnName, DataType: "STRING", StringEncoding: "UTF-8" };
  }
}
