import { Visitor } from "oxc-parser";
import type { Finding } from "../finding.ts";
import { lineAt } from "../modules/line-at.ts";
import { isTest } from "../modules/tracked-files.ts";
import type { TidyRule } from "./repository.ts";
import { notOurWords, otherPeoplesWords } from "./words.ts";

/**
 * Names that we give (of functions, constants, arguments, types, their fields, and files) use the
 * house's words. Names that others gave, and that we call, are theirs.
 */
export const words: TidyRule = ({ modules }) =>
  modules
    .filter(({ file }) => /^packages\/[^/]+\/src\//.test(file) && !isTest(file))
    .flatMap(({ file, text, program }) => {
      const findings: Finding[] = [];
      const judge = (name: string, line: number) => {
        for (const word of foreignWords(name, file)) {
          const message = `${name}: we say ${notOurWords[word]}, not ${word}`;
          findings.push({ file, line, rule: "words", message });
        }
      };
      const named = (node: { type: string; name?: unknown; start: number } | null | undefined) => {
        if (node?.type !== "Identifier" || typeof node.name !== "string") return;
        judge(node.name, lineAt(text, node.start));
      };
      const parameters = ({ params }: { params: readonly { type: string; start: number }[] }) =>
        params.forEach(named);
      judge(file.slice(file.indexOf("/src/") + 5), 1);
      new Visitor({
        FunctionDeclaration(node) {
          named(node.id);
          parameters(node);
        },
        FunctionExpression: parameters,
        ArrowFunctionExpression: parameters,
        ClassDeclaration: (node) => named(node.id),
        VariableDeclarator: (node) => named(node.id),
        TSTypeAliasDeclaration: (node) => named(node.id),
        TSInterfaceDeclaration: (node) => named(node.id),
        TSPropertySignature: (node) => named(node.key),
        TSMethodSignature: (node) => named(node.key),
        PropertyDefinition: (node) => named(node.key),
        MethodDefinition: (node) => named(node.key),
      }).visit(program);
      return findings;
    });

/** The words of a name that are not ours: `gpuCount` and `GPU_COUNT` both hold "gpu". */
function foreignWords(name: string, file: string): string[] {
  const parts = name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/);
  const excused = new Set(
    otherPeoplesWords.filter((excuse) => excuse.file.test(file)).flatMap((excuse) => excuse.words),
  );
  const singular = parts.map((part) => part.replace(/s$/, ""));
  return [...new Set(singular)].filter(
    (word) => Object.hasOwn(notOurWords, word) && !excused.has(word),
  );
}
