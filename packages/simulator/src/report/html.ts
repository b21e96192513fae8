/** Text that is markup already: every value in it has been escaped. */
export interface Markup {
  readonly markup: string;
}

type Part = string | number | Markup | readonly Markup[];

/** Markup from a template: texts and numbers are escaped, markup goes in as it is. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Markup => ({
  markup: strings.map((text, at) => text + said(parts[at])).join(""),
});

/** Made elsewhere and known to be sound. */
export const asMarkup = (markup: string): Markup => ({ markup });

export const nothing: Markup = { markup: "" };

function said(part: Part | undefined): string {
  if (part === undefined) return "";
  if (typeof part === "string" || typeof part === "number") return escaped(String(part));
  return "markup" in part ? part.markup : part.map(({ markup }) => markup).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Characters that no page may hold are left out. */
const escaped = (text: string) =>
  text
    .replaceAll(/[&<>"']/g, (character) => entities[character]!)
    // oxlint-disable-next-line no-control-regex -- these are what is looked for
    .replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F]/g, "");
