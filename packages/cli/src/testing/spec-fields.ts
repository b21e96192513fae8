import { jobSpec } from "@wadi/protocol/job-spec";
import { z } from "zod";

/** One field of the job spec, as the schema has it. */
export interface SpecField {
  /** `cards.options[].model`; with the kind where only one kind has it: `run(script).text`. */
  readonly path: string;
  readonly form: string;
  /** As JSON; null where the field is needed. */
  readonly preset: string | null;
}

/** Every field of the job spec, in the order of the schema. */
export function specFields(): SpecField[] {
  const whole = z.toJSONSchema(jobSpec, { io: "input", unrepresentable: "any", reused: "inline" });
  const { $defs = {}, $ref } = whole;
  const root = $ref === undefined ? whole : $defs[$ref.replace("#/$defs/", "")]!;
  return fieldsOf(root as Schema, "");
}

/** Every default that a spec of nothing but what is needed gets. */
const presets = jobSpec.encode(
  jobSpec.decode({
    version: 1,
    name: "a",
    run: { kind: "command", argv: ["a"] },
    cards: { options: [{ model: "cpu" }] },
    maxRunTime: "1h",
  }),
);

function presetOf(path: string, schema: Schema): string {
  const filled = path
    .replaceAll("[]", ".0")
    .split(".")
    .reduce<unknown>((inside, step) => (inside as Record<string, unknown> | null)?.[step], presets);
  const value = filled === undefined ? (schema.default ?? null) : filled;
  return schema.properties && value !== null ? "{}" : JSON.stringify(value);
}

interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly default?: unknown;
  readonly wire?: Schema & {
    readonly description?: string;
    readonly examples?: readonly unknown[];
  };
  readonly [bound: string]: unknown;
}

function fieldsOf({ properties = {}, required = [] }: Schema, within: string): SpecField[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const path = within + name;
    const preset = required.includes(name) ? null : presetOf(path, schema);
    const inner = withoutNull(schema);
    return [{ path, form: formOf(inner), preset }, ...below(inner, path)];
  });
}

function below(schema: Schema, path: string): SpecField[] {
  if (schema.items) return below(schema.items, `${path}[]`);
  if (schema.oneOf) {
    return schema.oneOf.flatMap((one) => {
      const kind = String(one.properties?.["kind"]?.const);
      return fieldsOf(one, `${path}(${kind}).`).filter((field) => !field.path.endsWith(".kind"));
    });
  }
  return schema.properties ? fieldsOf(schema, `${path}.`) : [];
}

const withoutNull = (schema: Schema): Schema =>
  schema.anyOf?.find(({ type }) => type !== "null") ?? schema;

/** What may stand there, in a few words. */
function formOf(schema: Schema): string {
  const { wire } = schema;
  if (wire) return wireForm(wire);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.join(", ");
  if (schema.oneOf) {
    return schema.oneOf
      .map((one) => `kind: ${String(one.properties?.["kind"]?.const)}`)
      .join(" or ");
  }
  switch (schema.type) {
    case "array":
      return `list${bounds(schema, "minItems", "maxItems")}`;
    case "object":
      return schema.properties ? "object" : "names with texts";
    case "string":
      return `text${bounds(schema, "minLength", "maxLength")}`;
    case "integer":
    case "number":
      return `number${bounds(schema, "minimum", "maximum")}`;
    default:
      return schema.type === "boolean" ? "true or false" : "text";
  }
}

function wireForm({ description = "", examples = [], format }: NonNullable<Schema["wire"]>) {
  if (description.startsWith("Yuan")) return "yuan";
  if (description.startsWith("Units d h")) return "duration";
  if (format === "date-time") return "time";
  if (format === "uuid") return "job id";
  if (examples.includes("16GiB") || examples.includes("20GB")) return "size";
  if (examples.includes(0.25)) return "part of a card";
  return examples.includes(0.5) ? "cores" : "name";
}

function bounds(schema: Schema, least: string, most: string): string {
  const [from, to] = [schema[least], schema[most]] as [number?, number?];
  const isOpen = to === undefined || to >= Number.MAX_SAFE_INTEGER;
  if (from === undefined) return isOpen ? "" : `, at most ${to}`;
  return isOpen ? `, ${from} or more` : `, ${from} to ${to}`;
}
