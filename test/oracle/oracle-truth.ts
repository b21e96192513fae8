import type { Case, Condition, FactTest, FactValue, Line, Unrelated } from "@wadi/core/vouchers";
import { add, isLess, multiply, ratio, zero, type Fraction } from "./fraction.ts";

/** "maybe" stands for: it depends on something that is not known. */
export type Truth = "yes" | "no" | "maybe";

/** A case as it is looked at on one day, perhaps from one of its lines. */
export interface Look {
  readonly of: Case;
  readonly today: Temporal.PlainDate;
  readonly line?: Line;
}

export function holds(condition: Condition | null, look: Look): Truth {
  if (condition === null) return "yes";
  if ("not" in condition) return opposite(holds(condition.not, look));
  if ("all" in condition) {
    const all = condition.all.map((one) => holds(one, look));
    return all.some((one) => one === "no")
      ? "no"
      : all.some((one) => one === "maybe")
        ? "maybe"
        : "yes";
  }
  if ("any" in condition) {
    return opposite(holds({ all: condition.any.map((one) => ({ not: one })) }, look));
  }
  if ("unrelated" in condition) return opposite(areRelated(condition.unrelated, look.of));
  return passes(condition, look);
}

const opposite = (truth: Truth): Truth =>
  truth === "yes" ? "no" : truth === "no" ? "yes" : "maybe";

export function signedOn({ facts }: Case): Temporal.PlainDate | null {
  const day = facts["contract.signedOn"];
  return day instanceof Temporal.PlainDate ? day : null;
}

function passes(test: FactTest, look: Look): Truth {
  const value = factOf(test.fact, look);
  if (value === undefined) return "maybe";
  if (value === null) {
    const others = Object.keys(test).filter((name) => name !== "fact" && name !== "given");
    return others.length === 0 && test.given === false ? "yes" : "no";
  }
  const answers: Truth[] = [];
  const say = (isSo: boolean) => answers.push(isSo ? "yes" : "no");
  const day = (at: FactTest["from"]) =>
    at === "decided"
      ? look.today
      : at === "applied"
        ? look.of.appliedOn
        : at === "signed"
          ? signedOn(look.of)
          : (at ?? look.today);
  const sayDay = (
    at: FactTest["from"],
    isSo: (day: Temporal.PlainDate, own: Temporal.PlainDate) => boolean,
  ) => {
    const other = day(at);
    if (other === null) answers.push("maybe");
    else say(value instanceof Temporal.PlainDate && isSo(other, value));
  };
  const before = (a: Temporal.PlainDate, b: Temporal.PlainDate) => a.toString() < b.toString();
  if (test.given !== undefined) say(test.given);
  if (test.is !== undefined) say(value === test.is);
  if (test.in) say(test.in.some((one) => one === value));
  const list = value as readonly string[];
  if (test.has) say(test.has.filter((one) => list.includes(one)).length > 0);
  if (test.hasAll) say(test.hasAll.filter((one) => !list.includes(one)).length === 0);
  if (test.within) say(test.within.some((place) => isInside(value as string, place)));
  if (test.from) sayDay(test.from, (other, own) => !before(own, other));
  if (test.until) sayDay(test.until, (other, own) => !before(other, own));
  const { withinYears, withinMonths } = test;
  if (withinYears)
    sayDay(test.before, (other, own) => before(other, own.add({ years: withinYears })));
  if (withinMonths) {
    sayDay(test.before, (other, own) => before(other, own.add({ months: withinMonths })));
  }
  if (test.atLeast !== undefined) say(!((value as bigint) < test.atLeast));
  if (test.atMost !== undefined) say(!((value as bigint) > test.atMost));
  return answers.includes("no") ? "no" : answers.includes("maybe") ? "maybe" : "yes";
}

/** Digits from the left, two by two; 00 means all below. */
function isInside(code: string, place: string): boolean {
  const pairs = (text: string) => text.match(/../g) ?? [];
  const wanted = pairs(place);
  while (wanted.at(-1) === "00") wanted.pop();
  return wanted.every((pair, index) => pairs(code)[index] === pair);
}

function factOf(name: FactTest["fact"], { of, line }: Look): FactValue | undefined {
  const own = name.startsWith("line.") ? line?.facts[name] : of.facts[name];
  if (own !== undefined) return own;
  if (name === "contract.total") {
    const amounts = of.lines.map(({ amounts: { contract } }) => contract);
    if (amounts.length === 0 || amounts.includes(undefined)) return undefined;
    return amounts.reduce((all: bigint, amount) => all + amount!, 0n);
  }
  if (name === "contract.termMonths") return termOf(of);
  if (name === "supplier.registers") return registersOf(of, null);
  if (name === "line.registers" && line) return registersOf(of, line);
  return undefined;
}

function termOf({ facts }: Case): bigint | undefined {
  const [start, end] = [facts["contract.startsOn"], facts["contract.endsOn"]];
  if (!(start instanceof Temporal.PlainDate) || !(end instanceof Temporal.PlainDate))
    return undefined;
  let months = 0;
  while (start.add({ months }).toString() <= end.toString()) months += 1;
  return BigInt(months);
}

function registersOf(of: Case, line: Line | null): string[] | undefined {
  const day = signedOn(of)?.toString();
  if (of.registrations === null || day === undefined) return undefined;
  const found = of.registrations.filter(
    ({ supplier, item, from, until }) =>
      supplier === of.supplier &&
      (item === null || item === line?.facts["line.item"]) &&
      from.toString() <= day &&
      (until === null || day <= until.toString()),
  );
  return found.map(({ register }) => register);
}

function areRelated(rule: Unrelated, { applicant, supplier, relations }: Case): Truth {
  if (applicant === supplier) return "yes";
  const answers: Truth[] = [];
  if (rule.shareFrom !== null) {
    if (relations.holdings === null) answers.push("maybe");
    else {
      const least = ratio(rule.shareFrom, 1_000_000n);
      const holdings = relations.holdings;
      const parties = [...new Set(holdings.flatMap(({ holder, held }) => [holder, held]))];
      const has = (holder: string, held: string) =>
        holder !== held && !isLess(shareOf({ holder, held }, holdings, parties.length), least);
      const isSo =
        has(applicant, supplier) ||
        has(supplier, applicant) ||
        parties.some((third) => has(third, applicant) && has(third, supplier));
      answers.push(isSo ? "yes" : "no");
    }
  }
  if (rule.controller) {
    const all = relations.controllers;
    const controllers = (party: string) => [
      party,
      ...(all ?? []).filter((one) => one.party === party).map((one) => one.controller),
    ];
    const isSo = controllers(applicant).some((one) => controllers(supplier).includes(one));
    answers.push(all === null ? "maybe" : isSo ? "yes" : "no");
  }
  if (rule.officers) {
    const all = relations.officers;
    const isSo = (all ?? []).some(
      (a) =>
        a.party === applicant && all!.some((b) => b.party === supplier && b.person === a.person),
    );
    answers.push(all === null ? "maybe" : isSo ? "yes" : "no");
  }
  return answers.includes("yes") ? "yes" : answers.includes("maybe") ? "maybe" : "no";
}

/** All chains from the holder down to the held, at most so many links long. */
function shareOf(
  of: { holder: string; held: string },
  holdings: NonNullable<Case["relations"]["holdings"]>,
  links: number,
): Fraction {
  if (links === 0) return zero;
  let all = zero;
  for (const one of holdings.filter(({ holder }) => holder === of.holder)) {
    const direct = ratio(one.share, 1_000_000n);
    const below =
      one.held === of.held
        ? ratio(1n, 1n)
        : shareOf({ holder: one.held, held: of.held }, holdings, links - 1);
    all = add(all, multiply(direct, below));
  }
  return all;
}
