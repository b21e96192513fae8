/** How the text that PostgreSQL sends becomes a value. Set per connection, never process-wide. */
export type Decoder = (text: string) => unknown;

/**
 * The decoder of a column's type:
 * bigint → BigInt, timestamptz → Temporal.Instant (microseconds kept), date → Temporal.PlainDate,
 * json and jsonb → parsed, bytea → Buffer, boolean, the small numbers → number, arrays of these;
 * everything else stays text: numeric (it would lose digits), uuid, interval, and `timestamp`
 * without a zone, which names no instant and which no table of ours has.
 */
export function decoderFor(oid: number): Decoder {
  return decoders.get(oid) ?? asText;
}

const asText: Decoder = (text) => text;
const asInstant: Decoder = (text) => Temporal.Instant.from(text);
const asDate: Decoder = (text) => Temporal.PlainDate.from(text);
const asBigInt: Decoder = (text) => BigInt(text);
const asNumber: Decoder = (text) => Number(text);
const asBoolean: Decoder = (text) => text === "t";
const asJson: Decoder = (text) => JSON.parse(text) as unknown;
const asBytes: Decoder = (text) => Buffer.from(text.slice(2), "hex");

/** Object ids of the built-in types and of their arrays, fixed for ever in pg_type.dat. */
const decoders: ReadonlyMap<number, Decoder> = new Map(
  [
    { type: 16, array: 1000, decoder: asBoolean },
    { type: 17, array: 1001, decoder: asBytes },
    { type: 20, array: 1016, decoder: asBigInt },
    { type: 21, array: 1005, decoder: asNumber },
    { type: 23, array: 1007, decoder: asNumber },
    { type: 26, array: 1028, decoder: asNumber },
    { type: 700, array: 1021, decoder: asNumber },
    { type: 701, array: 1022, decoder: asNumber },
    { type: 114, array: 199, decoder: asJson },
    { type: 3802, array: 3807, decoder: asJson },
    { type: 1082, array: 1182, decoder: asDate },
    { type: 1184, array: 1185, decoder: asInstant },
    { type: 25, array: 1009, decoder: asText },
    { type: 1043, array: 1015, decoder: asText },
    { type: 1700, array: 1231, decoder: asText },
    { type: 2950, array: 2951, decoder: asText },
  ].flatMap(({ type, array, decoder }): [number, Decoder][] => [
    [type, decoder],
    [array, (text) => parseArray(text, decoder)],
  ]),
);

/** `{1,NULL,"a\\"b",{…}}` → values; NULL → null. Bounds (`[2:3]={…}`) are read over. */
function parseArray(text: string, decoder: Decoder): unknown[] {
  const stack: unknown[][] = [[]];
  const tokens = text.slice(text.indexOf("{")).matchAll(arrayToken);
  for (const { 0: token, 1: quoted } of tokens) {
    const current = stack.at(-1)!;
    if (token === "{") stack.push([]);
    else if (token === "}") stack.at(-2)!.push(stack.pop());
    else if (quoted !== undefined) current.push(decoder(quoted.replaceAll(/\\(.)/gs, "$1")));
    else current.push(token === "NULL" ? null : decoder(token));
  }
  return stack[0]![0] as unknown[];
}

const arrayToken = /[{}]|"((?:[^"\\]|\\.)*)"|[^{},"]+/gs;
