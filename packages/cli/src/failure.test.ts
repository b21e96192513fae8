import { ApiProblem, HubUnreachable } from "@wadi/protocol";
import { expect, test } from "vitest";
import { exitCodes } from "./exit-codes.ts";
import { Failure, tell, wrongUse } from "./failure.ts";

const problem = (status: number, code: string, errors?: ApiProblem["errors"]) =>
  new ApiProblem({
    type: "t",
    title: "T",
    status,
    code,
    detail: "The hub's words.",
    instance: "r-1",
    ...(errors && { errors: [...errors] }),
  });

test.each([
  [wrongUse("x"), 2],
  [new Failure("failed", "x"), 1],
  [problem(401, "not-signed-in"), 4],
  [problem(403, "not-allowed"), 4],
  [problem(404, "not-found"), 5],
  [problem(402, "exceeds-balance"), 3],
  [problem(409, "key-reused"), 3],
  [problem(422, "invalid-request"), 3],
  [problem(429, "rate-limited"), 6],
  [problem(503, "stopping"), 6],
  [new HubUnreachable("http://hub", new Error("no")), 6],
  [new TypeError("x is not a function"), 70],
  ["no error at all", 70],
])("%s ends with %d", (error, code) => {
  expect(tell(error).code).toBe(code);
});

test("wrong fields are listed under the refusal", () => {
  const errors = [
    { pointer: "/name", in: "body", detail: "is needed" },
    { pointer: "", in: "query", detail: "is odd" },
  ] as const;
  expect(tell(problem(422, "invalid-request", errors)).lines).toEqual([
    "The hub's words.",
    "  /name is needed",
    "  query is odd",
  ]);
});

test("one wrong field is not told twice", () => {
  const errors = [{ pointer: "/csv", in: "body", detail: "line 1: hub's words." }] as const;
  const one = new ApiProblem({
    ...{ type: "t", title: "T", status: 409, code: "wrong-receipt", instance: "r-1" },
    ...{ detail: "Nothing was taken in; line 1: hub's words.", errors: [...errors] },
  });
  expect(tell(one).lines).toEqual([one.detail]);
});

test("a fault of the hub names the request to look for in its log", () => {
  expect(tell(problem(500, "internal-error")).lines.join("\n")).toContain("request r-1");
});

test("exit codes are given once", () => {
  const codes = Object.values(exitCodes).map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
});
