/**
 * Whether an `Accept` header lets one of these media types through; no header lets all through.
 * Preference between several is not weighed: a route of ours has one form, or a query that picks.
 */
export function isAcceptable(accept: string | undefined, types: readonly string[]): boolean {
  if (accept === undefined || accept.trim() === "") return true;
  return accept.split(",").some((part) => {
    const [range = "", ...params] = part.split(";").map((text) => text.trim().toLowerCase());
    if (params.some((param) => /^q=0(\.0*)?$/.test(param))) return false;
    return types.some(
      (type) =>
        range === "*/*" ||
        range === type ||
        (range.endsWith("/*") && type.startsWith(range.slice(0, -1))),
    );
  });
}
