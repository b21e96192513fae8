import { readFileSync } from "node:fs";

const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");

/** The command line's own version, as its package says. */
export const { version } = JSON.parse(manifest) as { readonly version: string };
