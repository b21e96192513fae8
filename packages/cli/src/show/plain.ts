/**
 * A value of core as JSON has it: whole numbers as decimal strings, days as they are written, maps
 * as objects.
 */
export const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, one: unknown): unknown => written(one)));

function written(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  return value instanceof Map ? Object.fromEntries(value as Map<string, unknown>) : value;
}
