import { parseSync, Visitor } from "oxc-parser";
import type { Program, StringLiteral } from "oxc-parser";
import { lineAt } from "./line-at.ts";

/** One parsed source file. */
export interface Module {
  /** From the repository's root, with forward slashes. */
  readonly file: string;
  readonly text: string;
  readonly program: Program;
  readonly imports: readonly Import[];
}

/** One mention of another module: `import`, `export … from`, `import()` or a type's `import()`. */
export interface Import {
  /** As written; undefined when it is computed at run time. */
  readonly specifier: string | undefined;
  readonly line: number;
}

/**
 * Parses one file.
 * @throws when it is not valid TypeScript: a module that cannot be read must not go unjudged
 */
export function parseModule(file: string, text: string): Module {
  const { program, errors } = parseSync(file, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${file} does not parse: ${error.message}`);
  return { file, text, program, imports: importsOf(program, text) };
}

function importsOf(program: Program, text: string): Import[] {
  const imports: Import[] = [];
  const add = (source: StringLiteral | null) => {
    if (source === null) return;
    imports.push({ specifier: source.value, line: lineAt(text, source.start) });
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.source),
    ExportAllDeclaration: (node) => add(node.source),
    ExportNamedDeclaration: (node) => add(node.source),
    TSImportType: (node) => add(node.source),
    ImportExpression: ({ source, start }) => {
      const value = source.type === "Literal" ? source.value : undefined;
      const specifier = typeof value === "string" ? value : undefined;
      imports.push({ specifier, line: lineAt(text, start) });
    },
  }).visit(program);
  return imports;
}
