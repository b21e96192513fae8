/*
 * Units of measure as FOCUS 1.2 writes them: "Tokens", "1000 Tokens", "GB", "GB-Hours", "GB/Hour",
 * "Units/3 Months". Sizes of data and times have fixed names; everything else is counted, and is a
 * noun with a capital letter.
 */

const times: readonly string[] = ["Year", "Month", "Day", "Hour", "Minute", "Second"];
const sizes = ["", "K", "M", "G", "T", "P", "E"]
  .flatMap((prefix) => (prefix === "" ? [""] : [prefix, `${prefix}i`]))
  .flatMap((prefix) => [`${prefix}b`, `${prefix}B`]);
/** Words that are no unit's name because there is a fixed one for what they mean. */
const otherNames =
  /^(?:kilo|mega|giga|tera|peta|exa|kibi|mebi|gibi|tebi|pebi|exbi)?(?:bits?|bytes?)$/i;

const form = /^(?:[1-9]\d* )?([A-Za-z]+(?:[- ][A-Za-z]+)*)(?:\/(?:([1-9]\d*) )?([A-Za-z]+))?$/;

/** Whether a unit is written as the specification asks. */
export function isUnit(text: string): boolean {
  const [, measured = "", interval, per] = form.exec(text) ?? [];
  if (measured === "") return false;
  if (per !== undefined && !isTime(per, interval === undefined ? "one" : "many")) return false;
  const parts = measured.split("-");
  if (parts.length === 1) return isCounted(measured) && !times.includes(measured);
  const last = parts.at(-1)!;
  return parts.length === 2 && isCounted(parts[0]!) && isTime(last, "many");
}

const isTime = (word: string, howMany: "one" | "many"): boolean =>
  times.some((time) => word === (howMany === "one" ? time : `${time}s`));

function isCounted(words: string): boolean {
  if (sizes.includes(words)) return true;
  if (sizes.some((size) => size.length > 1 && words.toLowerCase() === size.toLowerCase())) {
    return false;
  }
  return words.split(" ").every((word) => /^[A-Z]/.test(word) && !otherNames.test(word));
}
