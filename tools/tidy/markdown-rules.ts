// Rules on the pages: links lead somewhere, and headings can be linked to.
import path from "node:path";
import type { Finding } from "../finding.ts";
import { textFiles } from "./repository.ts";
import type { Repository, TidyRule } from "./repository.ts";

interface Page {
  readonly file: string;
  readonly targets: readonly { readonly target: string; readonly line: number }[];
  readonly headings: readonly { readonly anchor: string; readonly line: number }[];
}

/** Every link to a file or heading of the repository leads to one. */
export const links: TidyRule = (repository) => {
  const pages = pagesOf(repository);
  const anchors = new Map(pages.map(({ file, headings }) => [file, anchorsOf(headings)]));
  const exists = new Set(repository.files.flatMap(({ file }) => [file, ...foldersOf(file)]));
  return pages.flatMap(({ file, targets }) =>
    targets.flatMap(({ target, line }): Finding[] => {
      if (/^[a-z][a-z+.-]*:/.test(target)) return []; // another site's, or mailto
      const [to = "", anchor] = target.split("#");
      const linked = to === "" ? file : path.posix.join(path.posix.dirname(file), decodeURI(to));
      const found = (message: string) => [{ file, line, rule: "links", message }];
      if (!exists.has(linked.replace(/\/$/, ""))) return found(`${target}: there is no ${linked}`);
      const known = anchors.get(linked);
      if (anchor === undefined || known === undefined || known.has(decodeURI(anchor))) return [];
      return found(`${target}: ${linked} has no heading #${anchor}`);
    }),
  );
};

/** Two headings with one name in one page: a link reaches the first only. Changelogs repeat. */
export const headings: TidyRule = (repository) =>
  pagesOf(repository)
    .filter(({ file }) => path.posix.basename(file) !== "CHANGELOG.md")
    .flatMap(({ file, headings: all }) => {
      const seen = new Set<string>();
      return all.flatMap(({ anchor, line }): Finding[] => {
        const again = seen.has(anchor);
        seen.add(anchor);
        return again ? [{ file, line, rule: "headings", message: `#${anchor} again` }] : [];
      });
    });

function pagesOf(repository: Repository): Page[] {
  return textFiles(repository)
    .filter(({ file }) => file.endsWith(".md"))
    .map(({ file, lines }) => {
      const prose = withoutCode(lines);
      return {
        file,
        targets: prose.flatMap((text, index) =>
          targetsIn(text).map((target) => ({ target, line: index + 1 })),
        ),
        headings: prose.flatMap((text, index) => {
          const [, title] = /^#{1,6}\s+(.*?)\s*#*$/.exec(text) ?? [];
          return title === undefined ? [] : [{ anchor: anchorOf(title), line: index + 1 }];
        }),
      };
    });
}

/** The lines, empty where they are in a code block and with inline code left out. */
function withoutCode(lines: readonly string[]): string[] {
  let fence: string | undefined;
  return lines.map((line) => {
    const [, mark] = /^\s*(```+|~~~+)/.exec(line) ?? [];
    if (mark !== undefined && (fence === undefined || mark.startsWith(fence))) {
      fence = fence === undefined ? mark : undefined;
      return "";
    }
    if (fence !== undefined) return "";
    return line.replaceAll(/`[^`]*`/g, (code) => code.slice(1, -1).replaceAll(/[[\]()]/g, ""));
  });
}

function targetsIn(text: string): string[] {
  const inline = text.matchAll(/\]\(\s*<?([^\s()<>]+(?:\([^\s()]*\))?)>?(?:\s+"[^"]*")?\s*\)/g);
  const named = text.matchAll(/^\s*\[[^\]]+\]:\s*<?(\S+?)>?(?:\s|$)/g);
  return [...inline, ...named].flatMap(([, target]) => (target === undefined ? [] : [target]));
}

/** As GitHub makes it: small letters, no punctuation, hyphens for blanks. */
function anchorOf(title: string): string {
  return title
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, "")
    .replaceAll(" ", "-");
}

function anchorsOf(all: Page["headings"]): Set<string> {
  const counts = new Map<string, number>();
  return new Set(
    all.map(({ anchor }) => {
      const count = counts.get(anchor) ?? 0;
      counts.set(anchor, count + 1);
      return count === 0 ? anchor : `${anchor}-${count}`;
    }),
  );
}

function foldersOf(file: string): string[] {
  const parts = file.split("/").slice(0, -1);
  return [".", ...parts.map((_, index) => parts.slice(0, index + 1).join("/"))];
}
