import { z } from "zod";

/** A JSON Schema of 2020-12, as OpenAPI 3.1 has them. */
export interface JsonSchema {
  [keyword: string]: unknown;
}

/** A schema is read (requests: defaults may be left out) or written (replies: all is there). */
export type Direction = "input" | "output";

/**
 * Collects the JSON Schemas of many zod schemas, with those that have an id (`.meta({ id })`) once,
 * by reference. One that looks another way in requests than in replies appears twice, as `Job` and
 * `JobInput`.
 */
export interface SchemaBook {
  /** The schema, to be put into the document before `finish`. */
  add(schema: z.ZodType, direction: Direction): JsonSchema;
  /** What the references lead to, by name; and names the references in all that was added. */
  finish(): Record<string, JsonSchema>;
}

export function schemaBook(): SchemaBook {
  const named: Record<Direction, Map<string, JsonSchema>> = { input: new Map(), output: new Map() };
  const added: { schema: JsonSchema; direction: Direction }[] = [];

  return {
    add: (zod, direction) => {
      const { $schema: _, $defs, ...schema } = toJsonSchema(zod, direction);
      for (const [id, one] of Object.entries(($defs ?? {}) as Record<string, JsonSchema>)) {
        named[direction].set(id, one);
      }
      added.push({ schema, direction });
      return schema;
    },
    finish: () => {
      const unlike = unlikeIds(named);
      const nameOf = (id: string, direction: Direction) =>
        direction === "input" && unlike.has(id) ? `${id}Input` : id;
      for (const { schema, direction } of added) {
        renameRefs(schema, (id) => nameOf(id, direction));
      }
      const components = new Map<string, JsonSchema>();
      for (const direction of ["output", "input"] as const) {
        for (const [id, schema] of named[direction]) {
          renameRefs(schema, (inner) => nameOf(inner, direction));
          components.set(nameOf(id, direction), schema);
        }
      }
      return Object.fromEntries([...components].sort(([a], [b]) => (a < b ? -1 : 1)));
    },
  };
}

function toJsonSchema(schema: z.ZodType, direction: Direction): JsonSchema {
  return z.toJSONSchema(schema, {
    io: direction,
    target: "draft-2020-12",
    unrepresentable: "any",
    cycles: "ref",
    override: ({ zodSchema, jsonSchema }) => {
      asOnTheWire(jsonSchema);
      withWireDefault(zodSchema, jsonSchema);
      withoutNoise(zodSchema, { json: jsonSchema, direction });
    },
  });
}

/** A codec tells with `wire` what its JSON form is; zod knows only the string or number. */
function asOnTheWire(json: JsonSchema): void {
  const { wire, description } = json;
  if (wire === undefined) return;
  for (const keyword of Object.keys(json)) delete json[keyword];
  Object.assign(json, wire, description === undefined ? {} : { description });
}

/** A default stands in the schema as the domain's value: 1000 thousandths for 1 core. */
function withWireDefault(schema: z.core.$ZodType, json: JsonSchema): void {
  if (!(schema instanceof z.ZodDefault)) return;
  json["default"] = z.encode(schema.unwrap() as z.ZodType, schema.def.defaultValue);
}

function withoutNoise(
  schema: z.core.$ZodType,
  { json, direction }: { json: JsonSchema; direction: Direction },
): void {
  if (json["minimum"] === Number.MIN_SAFE_INTEGER) delete json["minimum"];
  if (json["maximum"] === Number.MAX_SAFE_INTEGER) delete json["maximum"];
  // Replies may have more fields one day; only what is strict by itself refuses others.
  const isOpen = schema instanceof z.ZodObject && schema.def.catchall === undefined;
  if (isOpen && direction === "output") delete json["additionalProperties"];
}

/** Ids whose schema differs by direction, itself or through what it refers to. */
function unlikeIds(named: Record<Direction, Map<string, JsonSchema>>): Set<string> {
  const both = [...named.input.keys()].filter((id) => named.output.has(id));
  const texts = new Map(both.map((id) => [id, JSON.stringify(named.input.get(id))]));
  const unlike = new Set(
    both.filter((id) => texts.get(id) !== JSON.stringify(named.output.get(id))),
  );
  for (let before = -1; before !== unlike.size;) {
    before = unlike.size;
    for (const [id, text] of texts) {
      if ([...unlike].some((other) => text.includes(`"${defsPath}${other}"`))) unlike.add(id);
    }
  }
  return unlike;
}

const defsPath = "#/$defs/";

function renameRefs(schema: unknown, nameOf: (id: string) => string): void {
  if (typeof schema !== "object" || schema === null) return;
  const json = schema as JsonSchema;
  const ref = json["$ref"];
  if (typeof ref === "string" && ref.startsWith(defsPath)) {
    json["$ref"] = `#/components/schemas/${nameOf(ref.slice(defsPath.length))}`;
  }
  for (const inner of Object.values(json)) renameRefs(inner, nameOf);
}
