// Rules that read the syntax tree of a module.
import { Visitor } from "oxc-parser";
import type { CallExpression, Expression } from "oxc-parser";
import { findingAt } from "../finding.ts";
import type { Finding } from "../finding.ts";
import { lineAt } from "../modules/line-at.ts";
import { isTest } from "../modules/tracked-files.ts";
import type { TidyRule } from "./repository.ts";

const maxFunctionLines = 70;
const runners = new Set(["test", "it", "describe", "suite"]);

/** No function is over 70 lines. The body of a `describe` is a list of tests, not a function. */
export const functionLengths: TidyRule = ({ modules }) =>
  modules.flatMap((module) => {
    const findings: Finding[] = [];
    const groups = new Set<number>();
    const measure = ({ start, end }: { start: number; end: number }) => {
      const lines = lineAt(module.text, end) - lineAt(module.text, start) + 1;
      if (lines <= maxFunctionLines || groups.has(start)) return;
      const message = `a function of ${lines} lines; at most ${maxFunctionLines}`;
      findings.push(findingAt(module, start, { rule: "function-length", message }));
    };
    new Visitor({
      CallExpression(call) {
        if (runnerOf(call.callee)?.name !== "describe") return;
        for (const argument of call.arguments) groups.add(argument.start);
      },
      FunctionDeclaration: measure,
      FunctionExpression: measure,
      ArrowFunctionExpression: measure,
    }).visit(module.program);
    return findings;
  });

/** A test runs, or says at run time why not: `context.skip("needs user namespaces")`. */
export const testsRun: TidyRule = ({ modules }) =>
  modules
    .filter(({ file }) => isTest(file))
    .flatMap((module) => {
      const findings: Finding[] = [];
      new Visitor({
        MemberExpression(node) {
          const runner = runnerOf(node);
          if (runner === undefined) return;
          const way = runner.ways.find((name) => forbidden[name] !== undefined);
          if (way !== undefined && runner.ways.at(-1) === way) {
            findings.push(
              findingAt(module, node.start, {
                rule: "tests-run",
                message: `.${way}: ${forbidden[way]}`,
              }),
            );
          }
        },
        CallExpression(call) {
          if (!isSkipWithoutReason(call)) return;
          findings.push(
            findingAt(module, call.start, {
              rule: "tests-run",
              message: 'say why: context.skip("reason")',
            }),
          );
        },
      }).visit(module.program);
      return findings;
    });

const forbidden: Readonly<Record<string, string>> = {
  only: "runs this test alone",
  skip: 'call context.skip("reason") inside the test, so that the reason is printed',
  skipIf: 'call context.skip(condition, "reason") inside the test, so that the reason is printed',
  runIf: 'call context.skip(condition, "reason") inside the test, so that the reason is printed',
  todo: "write the test or an issue",
  fails: "a test says what holds",
};

function isSkipWithoutReason({ callee, arguments: given }: CallExpression): boolean {
  if (callee.type !== "MemberExpression" || runnerOf(callee) !== undefined) return false;
  if (callee.property.type !== "Identifier" || callee.property.name !== "skip") return false;
  const [first, second] = given;
  if (first === undefined) return true;
  if (second !== undefined) return false;
  return first.type !== "Literal" && first.type !== "TemplateLiteral";
}

/** Two tests with one title in one group: a failure would not say which. */
export const testTitles: TidyRule = ({ modules }) =>
  modules
    .filter(({ file }) => isTest(file))
    .flatMap((module) => {
      const findings: Finding[] = [];
      const group: string[] = [];
      const seen = new Set<string>();
      new Visitor({
        CallExpression(call) {
          const title = titleOf(call);
          if (title === undefined) return;
          const full = [...group, title].join(" > ");
          if (seen.has(full))
            findings.push(
              findingAt(module, call.start, { rule: "test-titles", message: `again: ${full}` }),
            );
          seen.add(full);
          group.push(title);
        },
        "CallExpression:exit"(call) {
          if (titleOf(call) !== undefined) group.pop();
        },
      }).visit(module.program);
      return findings;
    });

/** The title of `test("…")`, `describe.each(table)("…")` and the like. */
function titleOf({ callee, arguments: [first] }: CallExpression): string | undefined {
  if (runnerOf(callee) === undefined || first?.type !== "Literal") return undefined;
  return typeof first.value === "string" ? first.value : undefined;
}

/** Whether an expression is a test runner, bare or modified: `test.concurrent.each(…)`. */
function runnerOf(expression: Expression): { name: string; ways: string[] } | undefined {
  if (expression.type === "Identifier") {
    return runners.has(expression.name) ? { name: expression.name, ways: [] } : undefined;
  }
  if (expression.type === "CallExpression") return runnerOf(expression.callee);
  if (expression.type === "TaggedTemplateExpression") return runnerOf(expression.tag);
  if (expression.type !== "MemberExpression" || expression.object.type === "Super")
    return undefined;
  const inner = runnerOf(expression.object);
  if (inner === undefined || expression.property.type !== "Identifier") return undefined;
  return { name: inner.name, ways: [...inner.ways, expression.property.name] };
}
