import type { Finding } from "../finding.ts";
import type { Target } from "../modules/resolve.ts";
import { isTest } from "../modules/tracked-files.ts";
import * as layers from "./layers.ts";

/** One import, with what it leads to. */
export interface Edge {
  readonly file: string;
  readonly line: number;
  readonly specifier: string;
  readonly target: Target;
}

/** A place in packages/: `packages/<name>/src/<area>/…`; the area is "" at the top of src. */
interface Place {
  readonly name: string;
  readonly area: string;
  readonly file: string;
}

/** What is wrong with one import; empty when nothing is. */
export function judgeImport(edge: Edge): Finding[] {
  const { file, line, specifier, target } = edge;
  const found = (rule: string, message: string): Finding[] => [{ file, line, rule, message }];
  if (target.kind === "unknown") return found("resolves", `"${specifier}": ${target.why}`);

  const from = placeOf(file);
  if (target.kind === "module") {
    const message = judgePlaces(from, placeOf(target.file), specifier);
    return message === undefined ? [] : found("layers", message);
  }
  if (from === undefined) return [];
  if (specifier === "fastify" && !layers.onlyIn.fastify.test(file) && !isTest(file)) {
    return found("fastify", "HTTP belongs in routes.ts and http/");
  }
  const allowed = layers.pureLayers[from.name];
  if (allowed === undefined || isTest(file) || allowed.includes(target.name)) return [];
  return found("pure", `packages/${from.name} has no effects: it may not import "${specifier}"`);
}

/** Judges an import between two modules of ours. */
function judgePlaces(
  from: Place | undefined,
  to: Place | undefined,
  specifier: string,
): string | undefined {
  if (to === undefined) {
    return from === undefined
      ? undefined
      : `a package imports nothing outside packages/: ${specifier}`;
  }
  if (from?.name !== to.name) return judgePackages(from, to, specifier);
  if (!specifier.startsWith(".")) return `inside a package import relatively, not "${specifier}"`;
  if (from.area === to.area) return undefined;
  if (from.name === "core") return judgeCoreAreas(from, to);
  if (from.name === "hub") return judgeHubAreas(from, to);
  return undefined;
}

function judgePackages(from: Place | undefined, to: Place, specifier: string): string | undefined {
  // Builders for tests are exported by no package; tests of others may borrow them.
  const isBorrowed = from === undefined && specifier.endsWith(".testing.ts");
  if (isBorrowed) return undefined;
  if (specifier.startsWith(".")) {
    return `import "@wadi/${to.name}" by its name, not by a path into it: "${specifier}"`;
  }
  if (from === undefined) return undefined;
  const allowed = layers.packageLayers[from.name];
  if (allowed === undefined) return `packages/${from.name} is not in tools/boundaries/layers.ts`;
  if (allowed.includes(to.name)) return undefined;
  return `packages/${from.name} may import ${listed(allowed)}, not ${to.name}`;
}

function judgeCoreAreas(from: Place, to: Place): string | undefined {
  const allowed = layers.coreLayers[from.area];
  if (allowed === undefined) return `core's area ${from.area} is not in tools/boundaries/layers.ts`;
  if (!allowed.includes(to.area)) {
    return `core's ${from.area} may import ${listed(allowed)}, not ${to.area}`;
  }
  return onlyIndex(to);
}

function judgeHubAreas(from: Place, to: Place): string | undefined {
  if (to.area === "") return undefined; // context.ts, refused.ts …: what all areas share
  const allowed = from.area === "" ? undefined : layers.hubLayers[from.area];
  if (from.area !== "" && allowed === undefined) {
    return `hub's area ${from.area} is not in tools/boundaries/layers.ts`;
  }
  if (allowed !== undefined && !allowed.includes(to.area) && !isTest(from.file)) {
    return `hub's ${from.area} may import ${listed(allowed)}, not ${to.area}`;
  }
  const open = layers.hubToolboxes.includes(to.area) || layers.hubInsiders.includes(from.area);
  return open ? undefined : onlyIndex(to);
}

function onlyIndex({ area, name, file }: Place): string | undefined {
  const index = `packages/${name}/src/${area}/index.ts`;
  return file === index ? undefined : `of another area import its index.ts only, not ${file}`;
}

function placeOf(file: string): Place | undefined {
  const [, name, rest] = /^packages\/([^/]+)\/src\/(.+)$/.exec(file) ?? [];
  if (name === undefined || rest === undefined) return undefined;
  return { name, area: rest.includes("/") ? rest.slice(0, rest.indexOf("/")) : "", file };
}

const listed = (names: readonly string[]) => (names.length === 0 ? "nothing" : names.join(", "));
