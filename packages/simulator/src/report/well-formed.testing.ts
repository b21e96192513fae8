/**
 * Why a page is no well-formed XML behind its doctype; null where it is. Looked at: every element
 * is
 * closed in its turn, attributes are quoted and named once, and no bare `&`, `<` or unknown entity
 * stands in a text.
 */
export function brokenMarkup(page: string): string | null {
  const open: string[] = [];
  const text = page.replace(/^<!doctype html>\n/, "");
  const tag = /<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/y;
  let at = 0;
  while (at < text.length) {
    const next = text.indexOf("<", at);
    const between = text.slice(at, next < 0 ? text.length : next);
    const entity = /&(?!(?:amp|lt|gt|quot|#\d+);)/.exec(between);
    if (entity) return `a bare & in "${between.slice(0, 60)}"`;
    if (next < 0) break;
    tag.lastIndex = next;
    const found = tag.exec(text);
    if (!found) return `no tag: "${text.slice(next, next + 60)}"`;
    const [whole, end, name = "", attributes = "", alone] = found;
    const twice = repeated([...attributes.matchAll(/([\w:-]+)=/g)].map(([, one]) => one!));
    if (twice !== undefined) return `${name} has ${twice} twice`;
    if (end === "/") {
      const last = open.pop();
      if (last !== name) return `${name} is closed while ${last} is open`;
    } else if (alone !== "/") open.push(name);
    at = next + whole.length;
  }
  return open.length > 0 ? `${open.join(", ")} is left open` : null;
}

const repeated = (names: readonly string[]) =>
  names.find((name, place) => names.indexOf(name) !== place);
