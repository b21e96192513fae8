import type { FieldProblem } from "@wadi/protocol";
import { Failure } from "../failure.ts";
import type { Document } from "./document.ts";

interface Kind {
  readonly what: string;
  /** Fields that, together, no other kind of file has. */
  readonly has: readonly string[];
  /** What takes such a file. */
  readonly use: (file: string) => string;
}

/** From the narrowest on: a case has all that a claim has. */
const kinds: readonly Kind[] = [
  {
    what: "the rules of a programme",
    has: ["programme", "parts", "payers"],
    use: (file) => `programme check ${file}, then wadi programme propose ${file}`,
  },
  {
    what: "a claim with its case",
    has: ["claim", "lines"],
    use: (file) => `programme try RULES --case ${file}`,
  },
  {
    what: "a claim",
    has: ["contract", "lines"],
    use: (file) => `claim apply PROGRAMME ${file}`,
  },
  { what: "a bill", has: ["id", "on", "lines"], use: (file) => `claim redeem CLAIM ${file}` },
  { what: "a price list", has: ["id", "versions"], use: (file) => `price check ${file}` },
  {
    what: "usage of a month",
    has: ["month", "lines"],
    use: (file) => `price preview LIST --usage ${file}`,
  },
  {
    what: "the terms of a provider",
    has: ["month", "terms"],
    use: (file) => `provider put-terms PROVIDER ${file}`,
  },
  { what: "readings of meters", has: ["series"], use: (file) => `meter push ${file}` },
  {
    what: "an agreement",
    has: ["list", "prices"],
    use: (file) => `price agree TENANT ${file}`,
  },
];

/**
 * Tells a file that is meant for another command, in place of a mistake for every field of it.
 *
 * @returns undefined where it cannot be told, or where a field that marks its kind is known
 */
export function otherKind(
  { value, source: { name } }: Document,
  problems: readonly FieldProblem[],
): Failure | undefined {
  const one: unknown = Array.isArray(value) ? value[0] : value; // cases may stand in a list
  if (typeof one !== "object" || one === null) return undefined;
  const kind = kinds.find(({ has }) => has.every((field) => field in one));
  if (kind === undefined) return undefined;
  const isWhole = problems.some(
    ({ pointer, detail }) => pointer === "" && detail.startsWith("must be"),
  );
  const isOther = kind.has.every((field) =>
    problems.some(
      ({ pointer, detail }) => pointer === `/${field}` && detail.startsWith("is not a known field"),
    ),
  );
  if (!isWhole && !isOther) return undefined;
  return new Failure("usage", `${name} is ${kind.what}; use it with: wadi ${kind.use(name)}`);
}
