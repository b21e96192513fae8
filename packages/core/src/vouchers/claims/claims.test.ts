import { describe, expect, test } from "vitest";
import { aProgramme } from "../builders.testing.ts";
import {
  claimMoves,
  claimStates,
  isFinalClaim,
  moveClaim,
  movesFrom,
  reviewStep,
  standingOf,
  type ClaimMove,
  type ClaimState,
  type Review,
  type Stage,
} from "../index.ts";

const words = { en: "x", zh: "x" };

describe("the life of a claim", () => {
  const states = Object.keys(claimStates) as ClaimState[];
  const moves = Object.keys(claimMoves) as ClaimMove[];

  test("every state but the draft is reached, and every state has an end in reach", () => {
    const reached = new Set(moves.map((move) => claimMoves[move].to as ClaimState));
    expect(states.filter((state) => !reached.has(state))).toEqual(["draft"]);
    const ends = (state: ClaimState, seen: readonly ClaimState[] = []): boolean =>
      isFinalClaim(state) ||
      movesFrom(state).some((move) => {
        const { to } = claimMoves[move];
        return !seen.includes(to) && ends(to, [...seen, state]);
      });
    for (const state of states) expect(ends(state)).toBe(true);
  });
  test("final are those from which nothing happens", () => {
    expect(states.filter(isFinalClaim)).toEqual(["refused", "withdrawn", "clawed-back"]);
  });
  test("only who may make a move makes it, and only from where it starts", () => {
    expect(moveClaim("applied", { move: "review", by: "platform" })).toBe("reviewing");
    expect(moveClaim("applied", { move: "review", by: "applicant" })).toBeNull();
    expect(moveClaim("settled", { move: "withdraw", by: "applicant" })).toBeNull();
    expect(moveClaim("settled", { move: "claw-back", by: "officer" })).toBe("clawed-back");
  });
  test("money that was redeemed is never released", () => {
    const after = (state: ClaimState) => movesFrom(state).map((move) => claimMoves[move].money);
    for (const state of ["settled", "clawed-back"] as const) {
      expect(after(state)).not.toContain("release");
    }
  });
});

describe("R37 review pipeline", () => {
  const stage = (code: string, persons: 1 | 2): Stage => ({
    ...{ code, text: words, office: "district", persons, days: null },
  });
  const rules = aProgramme({
    redemption: { stages: [stage("district", 1), stage("bureau", 2), stage("finance", 1)] },
  });
  const said = (at: string, person: string, verdict: Review["verdict"] = "agree"): Review => ({
    ...{ stage: at, person, verdict },
  });
  const step = (review: Review, ...reviews: Review[]) =>
    reviewStep(rules, { reviews, applicants: ["applicant", "clerk"], review });
  const codeOf = (answer: ReturnType<typeof step>) =>
    answer.kind === "refused" ? answer.code : "taken";
  const districtAgreed = said("district", "ann");

  test("offices speak in their order, each with as many persons as it needs", () => {
    const all = [districtAgreed, said("bureau", "bo"), said("bureau", "cy"), said("finance", "di")];
    const standings = all.map((_, index) => standingOf(rules, all.slice(0, index)));
    expect(
      standings.map((one) =>
        one.kind === "waiting" ? `${one.stage.code} ${one.agreed}` : one.kind,
      ),
    ).toEqual(["district 0", "bureau 0", "bureau 1", "finance 0"]);
    expect(standingOf(rules, all)).toEqual({ kind: "agreed" });
    expect(codeOf(step(said("finance", "ed"), ...all))).toBe("review-over");
  });
  test("nobody reviews his own claim, twice, or out of turn", () => {
    expect(codeOf(step(said("district", "applicant")))).toBe("own-claim");
    expect(codeOf(step(said("bureau", "bo")))).toBe("other-stage");
    expect(codeOf(step(said("bureau", "ann"), districtAgreed))).toBe("same-person");
    expect(codeOf(step(said("bureau", "bo"), districtAgreed, said("bureau", "bo")))).toBe(
      "same-person",
    );
    expect(codeOf(step(said("bureau", "bo"), districtAgreed))).toBe("taken");
  });
  test("one refusal ends it; after a return all begin anew, with whom they like", () => {
    expect(standingOf(rules, [districtAgreed, said("bureau", "bo", "refuse")])).toEqual({
      kind: "refused",
    });
    const returned = [districtAgreed, said("bureau", "bo", "return")];
    expect(standingOf(rules, returned)).toEqual({ kind: "returned" });
    expect(codeOf(step(said("bureau", "bo"), ...returned))).toBe("other-stage");
    expect(codeOf(step(districtAgreed, ...returned))).toBe("taken");
  });
  test("without stages a claim is agreed to", () => {
    expect(standingOf(aProgramme(), [])).toEqual({ kind: "agreed" });
  });
});
