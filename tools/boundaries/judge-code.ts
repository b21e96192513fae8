import { Visitor } from "oxc-parser";
import type { Expression, MemberExpression } from "oxc-parser";
import type { Finding } from "../finding.ts";
import { lineAt } from "../modules/line-at.ts";
import type { Module } from "../modules/module.ts";
import { onlyIn, pureLayers } from "./layers.ts";

/** Calls whose answer is not a function of the arguments: clock and chance are passed in. */
const impure = new Set([
  "Date.now",
  "Math.random",
  "Temporal.Now",
  "performance.now",
  "crypto.randomUUID",
]);

/** What one module of packages/ does that belongs in another place. */
export function judgeCode({ file, text, program }: Module): Finding[] {
  const [, name] = /^packages\/([^/]+)\/src\//.exec(file) ?? [];
  if (name === undefined) return [];
  const findings: Finding[] = [];
  const found = (start: number, rule: string, message: string) =>
    findings.push({ file, line: lineAt(text, start), rule, message });
  const isPure = name === "core"; // protocol's client takes its clock from outside as well

  new Visitor({
    TaggedTemplateExpression({ tag, start }) {
      if (!isSqlTag(tag) || onlyIn.sql.test(file)) return;
      found(start, "sql", "SQL belongs in store.ts, a …-store.ts or db/");
    },
    MemberExpression(node) {
      const path = dotted(node);
      if (path === "process.env" && !onlyIn.environment.test(file)) {
        found(node.start, "environment", "only the package's config.ts reads the environment");
      }
      if (isPure && path !== undefined && impure.has(path)) {
        found(node.start, "pure", `${path}: clock and chance are arguments in packages/core`);
      }
    },
    NewExpression({ callee, arguments: given, start }) {
      if (!isPure || given.length > 0) return;
      if (callee.type !== "Identifier" || callee.name !== "Date") return;
      found(start, "pure", "new Date(): the clock is an argument in packages/core");
    },
    ImportDeclaration({ source, specifiers, start }) {
      if (source.value !== "node:process" || onlyIn.environment.test(file)) return;
      const names = specifiers.map(({ local }) => local.name);
      if (names.includes("env"))
        found(start, "environment", "only config.ts reads the environment");
    },
    ImportExpression({ source, start }) {
      if (source.type === "Literal" || pureLayers[name] === undefined) return;
      found(start, "pure", "an import computed at run time cannot be judged");
    },
  }).visit(program);
  return findings;
}

/** `sql`, and the same tag as a property: `tx.sql`. */
function isSqlTag(tag: Expression): boolean {
  if (tag.type === "Identifier") return tag.name === "sql";
  return tag.type === "MemberExpression" && dottedName(tag) === "sql";
}

/** `a.b` or `a["b"]` of two plain names, written with a dot. */
function dotted(node: MemberExpression): string | undefined {
  if (node.object.type !== "Identifier") return undefined;
  const property = dottedName(node);
  return property === undefined ? undefined : `${node.object.name}.${property}`;
}

function dottedName({ property, computed }: MemberExpression): string | undefined {
  if (!computed) return property.type === "Identifier" ? property.name : undefined;
  return property.type === "Literal" && typeof property.value === "string"
    ? property.value
    : undefined;
}
