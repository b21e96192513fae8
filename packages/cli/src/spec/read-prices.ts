import { checkAgreement, priceList, type Agreement, type PriceList } from "@wadi/core/rating";
import type { Problem } from "@wadi/core/capacity";
import { agreementDocument, agreementOf, priceListDocument, priceListOf } from "@wadi/protocol";
import { check } from "@wadi/protocol/wrong-fields";
import type { z } from "zod";
import { wrongFields } from "./check-document.ts";
import { readDocument, type Document } from "./document.ts";
import { readSource } from "./source.ts";

/**
 * Reads a price list that keeps all its rules.
 * @throws Failure that shows each mistake in its line, with a cure
 */
export async function readPriceList(file: string): Promise<PriceList> {
  const { document, value } = await readFields(file, priceListDocument);
  const checked = priceList(priceListOf(value));
  if (checked.kind === "refused") throw mistakes(document, checked.problems);
  return checked.value;
}

/**
 * Reads what is agreed on top of a price list.
 * @throws Failure that shows each mistake in its line, with a cure
 */
export async function readAgreement(file: string, list: PriceList): Promise<Agreement> {
  const { document, value } = await readFields(file, agreementDocument);
  const agreement = agreementOf(value, null);
  const problems = checkAgreement(agreement, list);
  if (agreement.list !== list.id) {
    problems.push({ path: "list", message: `"${agreement.list}" is not the list ${list.id}` });
  }
  if (problems.length > 0) throw mistakes(document, problems);
  return agreement;
}

async function readFields<S extends z.ZodType>(
  file: string,
  schema: S,
): Promise<{ document: Document; value: z.output<S> }> {
  const document = readDocument(await readSource(file));
  const checked = check(schema, document.value, "body");
  if (checked.ok) return { document, value: checked.value };
  throw wrongFields(document, checked.problems);
}

const mistakes = (document: Document, problems: readonly Problem[]) =>
  wrongFields(
    document,
    problems.map(({ path, message }) => ({
      pointer: pointerOf(path),
      in: "body" as const,
      detail: message,
    })),
  );

/** `versions[1].from` is `/versions/1/from`. */
const pointerOf = (path: string) => `/${path.replaceAll(/\[(\d+)\]/g, "/$1").replaceAll(".", "/")}`;
