// Rules on ids in code that must be given once: list entries, schema ids, routes.
import { Visitor } from "oxc-parser";
import type { ArrayExpression, Expression, ObjectExpression } from "oxc-parser";
import { findingAt } from "../finding.ts";
import type { Finding } from "../finding.ts";
import { lineAt } from "../modules/line-at.ts";
import { isTest } from "../modules/tracked-files.ts";
import type { TidyRule } from "./repository.ts";

/** A list of codes, `[…] as const` or `z.enum([…])`, names each code once. */
export const codeLists: TidyRule = ({ modules }) =>
  modules
    .filter(({ file }) => !isTest(file))
    .flatMap((module) => {
      const findings: Finding[] = [];
      const judge = (list: ArrayExpression) => {
        const seen = new Set<string>();
        for (const element of list.elements) {
          if (element?.type !== "Literal" || typeof element.value !== "string") return;
          if (seen.has(element.value)) {
            findings.push(
              findingAt(module, element.start, {
                rule: "ids",
                message: `"${element.value}" stands here twice`,
              }),
            );
          }
          seen.add(element.value);
        }
      };
      new Visitor({
        TSAsExpression({ expression, typeAnnotation }) {
          if (expression.type !== "ArrayExpression") return;
          if (module.text.slice(typeAnnotation.start, typeAnnotation.end) === "const")
            judge(expression);
        },
        CallExpression({ callee, arguments: [first] }) {
          if (first?.type === "ArrayExpression" && propertyOf(callee) === "enum") judge(first);
        },
      }).visit(module.program);
      return findings;
    });

/**
 * What the API declares has one name: each schema id, each route's name (the tables of routes are
 * merged, and the later would silently hide the earlier), each method with its path.
 */
export const apiIds: TidyRule = ({ modules }) => {
  const places = new Map<string, string>();
  const findings: Finding[] = [];
  for (const module of modules.filter(({ file }) => file.startsWith("packages/protocol/src/"))) {
    const declare = (id: string, start: number) => {
      const place = `${module.file}:${lineAt(module.text, start)}`;
      const before = places.get(id);
      if (before !== undefined)
        findings.push(
          findingAt(module, start, { rule: "ids", message: `${id}: also in ${before}` }),
        );
      places.set(id, place);
    };
    new Visitor({
      CallExpression({ callee, arguments: [first], start }) {
        if (first?.type !== "ObjectExpression" || propertyOf(callee) !== "meta") return;
        const id = stringIn(first, "id");
        if (id !== undefined) declare(`schema ${id}`, start);
      },
      Property({ key, value, start }) {
        if (value.type !== "CallExpression" || value.callee.type !== "Identifier") return;
        const [definition] = value.arguments;
        if (value.callee.name !== "route" || definition?.type !== "ObjectExpression") return;
        if (key.type === "Identifier") declare(`route ${key.name}`, start);
        const path = stringIn(definition, "path")?.replaceAll(/:\w+/g, ":…");
        declare(`${stringIn(definition, "method")} ${path}`, start);
      },
    }).visit(module.program);
  }
  return findings;
};

function propertyOf(callee: Expression): string | undefined {
  if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return undefined;
  return callee.property.name;
}

function stringIn(object: ObjectExpression, name: string): string | undefined {
  for (const property of object.properties) {
    if (property.type !== "Property" || property.key.type !== "Identifier") continue;
    if (property.key.name !== name || property.value.type !== "Literal") continue;
    return typeof property.value.value === "string" ? property.value.value : undefined;
  }
  return undefined;
}
