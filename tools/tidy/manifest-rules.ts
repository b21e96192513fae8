// Rules on package.json and its lockfile: everybody installs the same, from wherever they install.
import type { Finding } from "../finding.ts";
import type { RepositoryFile, TidyRule } from "./repository.ts";

const exact = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;
const kinds = ["dependencies", "devDependencies", "optionalDependencies"] as const;
type Manifest = Partial<Record<(typeof kinds)[number], Record<string, string>>>;

/** Every dependency names one exact version. */
export const exactVersions: TidyRule = ({ files }) =>
  files
    .filter(({ file }) => /(?:^|\/)package\.json$/.test(file))
    .flatMap(({ file, text = "{}" }) => {
      const manifest = JSON.parse(text) as Manifest;
      const named = kinds.flatMap((kind) => Object.entries(manifest[kind] ?? {}));
      return named
        .filter(([, version]) => !exact.test(version))
        .map(([name, version]): Finding => {
          const message = `${name} "${version}": name one exact version`;
          return { file, line: lineOf(text, `"${name}"`), rule: "versions", message };
        });
    });

/** The lockfile records no download host, and a checksum for each package. */
export const lockfile: TidyRule = ({ files }) => {
  const lock = files.find(({ file }) => file === "package-lock.json");
  if (lock?.text === undefined) return [];
  const found = (name: string, message: string) => [findingIn(lock, name, message)];
  const { packages } = JSON.parse(lock.text) as { packages: Record<string, Locked> };
  return Object.entries(packages).flatMap(([name, { resolved, integrity, link }]) => {
    if (resolved !== undefined && /^[a-z+]+:/.test(resolved)) {
      return found(name, `records a download address (npm config omit-lockfile-registry-resolved)`);
    }
    if (integrity !== undefined || link === true || !name.includes("node_modules/")) return [];
    return found(name, "has no checksum");
  });
};

interface Locked {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
}

function findingIn({ file, text = "" }: RepositoryFile, name: string, message: string): Finding {
  return { file, line: lineOf(text, `"${name}"`), rule: "lockfile", message: `${name} ${message}` };
}

function lineOf(text: string, words: string): number {
  return text.slice(0, Math.max(0, text.indexOf(words))).split("\n").length;
}
