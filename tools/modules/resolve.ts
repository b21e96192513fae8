import { readFileSync } from "node:fs";
import path from "node:path";

/** What a specifier stands for, seen from the file that mentions it. */
export type Target =
  | { readonly kind: "module"; readonly file: string }
  | { readonly kind: "builtin"; readonly name: string }
  | { readonly kind: "package"; readonly name: string }
  | { readonly kind: "unknown"; readonly why: string };

/** The packages of this repository: their folder and what each lets others import. */
export type OwnPackages = ReadonlyMap<
  string,
  { readonly folder: string; readonly exports: Exports }
>;
type Exports = Readonly<Record<string, string>>;

/** Reads the manifests of `packages/*` whose files are in `tracked`. */
export function ownPackages(root: string, tracked: readonly string[]): OwnPackages {
  const manifests = tracked.filter((file) => /^packages\/[^/]+\/package\.json$/.test(file));
  return new Map(
    manifests.map((file) => {
      const manifest = JSON.parse(readFileSync(path.join(root, file), "utf8")) as Manifest;
      return [manifest.name, { folder: path.posix.dirname(file), exports: manifest.exports ?? {} }];
    }),
  );
}

interface Manifest {
  readonly name: string;
  readonly exports?: Exports;
}

/** Where a specifier leads. Relative ones must name an existing file, with its ending. */
export function resolve(
  specifier: string,
  from: { readonly file: string; readonly files: ReadonlySet<string>; readonly own: OwnPackages },
): Target {
  if (specifier.startsWith("node:")) return { kind: "builtin", name: specifier };
  if (specifier.startsWith(".")) {
    const file = path.posix.join(path.posix.dirname(from.file), specifier);
    if (from.files.has(file)) return { kind: "module", file };
    return { kind: "unknown", why: `there is no module ${file}` };
  }
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  const own = from.own.get(name);
  if (own === undefined) return { kind: "package", name };
  const file = exported(own.exports, `.${specifier.slice(name.length)}`);
  if (file === undefined) return { kind: "unknown", why: `${name} does not export ${specifier}` };
  return { kind: "module", file: path.posix.join(own.folder, file) };
}

/** Node's own rule for `exports`, in the two forms that we use: an exact key, and one star. */
function exported(exports: Exports, subpath: string): string | undefined {
  const exact = exports[subpath];
  if (exact !== undefined) return exact;
  for (const [pattern, target] of Object.entries(exports)) {
    const [before, after] = pattern.split("*");
    if (before === undefined || after === undefined) continue;
    if (!subpath.startsWith(before) || !subpath.endsWith(after)) continue;
    const star = subpath.slice(before.length, subpath.length - after.length);
    if (star !== "" && !star.includes("/")) return target.replaceAll("*", star);
  }
  return undefined;
}
