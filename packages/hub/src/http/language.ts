import type { FastifyRequest } from "fastify";

/** The languages of sentences; where a caller prefers neither, the first. */
const languages = ["en", "zh"] as const;
export type SpokenLanguage = (typeof languages)[number];

/** The language of a reply: what its query says, else what `Accept-Language` prefers. */
export const languageOf = (call: {
  readonly query: { readonly language?: SpokenLanguage | undefined };
  readonly raw: { readonly request: Pick<FastifyRequest, "headers"> };
}): SpokenLanguage =>
  call.query.language ?? preferredLanguage(call.raw.request.headers["accept-language"]);

/** Of ours the one with the highest weight; of equal ones the one that is named first. */
export function preferredLanguage(header: string | undefined): SpokenLanguage {
  const wished = (header ?? "").split(",").flatMap((part) => {
    const [range = "", ...params] = part.split(";").map((text) => text.trim().toLowerCase());
    const weight = params.find((param) => param.startsWith("q="));
    const language = languages.find((one) => range === one || range.startsWith(`${one}-`));
    const quality = weight === undefined ? 1 : Number(weight.slice(2)) || 0;
    return language && quality > 0 ? [{ language, quality }] : [];
  });
  const [best] = wished.toSorted((a, b) => b.quality - a.quality);
  return best?.language ?? languages[0];
}
