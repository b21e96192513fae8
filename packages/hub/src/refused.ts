import { refusals, type FieldProblem, type RefusalCode } from "@wadi/protocol";

/**
 * What was asked is refused, for a reason that the caller can act on. Thrown by use cases; the HTTP
 * layer turns it into problem details with the status and title that `refusals` has for the code.
 */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly code: RefusalCode;
  /** What the refusal was made from; shown to the caller, so nothing that is not theirs. */
  readonly facts: Record<string, unknown>;
  /** The wrong fields, where fields were wrong. */
  readonly fields: readonly FieldProblem[];

  /**
   * @param detail  one sentence about the case at hand: what, its value, the cure; default: the
   *   code's title
   */
  constructor(
    code: RefusalCode,
    facts: Record<string, unknown> = {},
    detail: string = refusals[code].title,
    fields: readonly FieldProblem[] = [],
  ) {
    super(detail);
    this.code = code;
    this.facts = facts;
    this.fields = fields;
  }
}

/**
 * A refusal of one field of the body that the schema alone could not judge.
 *
 * @param pointer  "/scope/tenant"
 * @param detail  what would be right: "names no tenant; open it first with PUT /v1/tenants/acme"
 */
export function wrongField(pointer: string, detail: string): Refused {
  return new Refused("invalid-request", {}, `${pointer} ${detail}`, [
    { pointer, in: "body", detail },
  ]);
}

/** A wrong field of the body, by its JSON pointer. */
export type WrongField = Pick<FieldProblem, "pointer" | "detail">;

/**
 * Refuses a body with wrong fields: the sentence tells the first one, the list all of them.
 * @throws Refused `invalid-request` where there is any
 */
export function refuseWrongFields(wrong: readonly WrongField[]): void {
  if (wrong.length > 0) throw wrongFields(wrong);
}

/** The same, to be thrown; at least one. */
export function wrongFields(wrong: readonly WrongField[]): Refused {
  const [first, ...more] = wrong;
  const rest = more.length > 0 ? `, and ${more.length} more` : "";
  const fields = wrong.map((one): FieldProblem => ({ ...one, in: "body" }));
  return new Refused("invalid-request", {}, `${first!.pointer} ${first!.detail}${rest}`, fields);
}

/** A place as JSON pointers write it: `versions[1].from` is `/versions/1/from`. */
export const pointerOf = (path: string): string =>
  `/${path.replaceAll(/\[(\d+)\]/g, "/$1").replaceAll(".", "/")}`;
