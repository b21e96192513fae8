import {
  problem,
  refusals,
  roles,
  type Permission,
  type RefusalCode,
  type Route,
} from "@wadi/protocol";

import { typesTaken } from "./bodies.ts";
import { schemaBook, type Direction, type JsonSchema, type SchemaBook } from "./json-schema.ts";

/** An OpenAPI 3.1 document; only what we ourselves look into is typed. */
export interface OpenApi {
  readonly openapi: "3.1.1";
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: Record<string, Record<string, unknown>>;
  readonly [field: string]: unknown;
}

export interface Operation {
  readonly operationId: string;
  readonly "x-permission": Permission;
  readonly responses: Record<string, unknown>;
  readonly [field: string]: unknown;
}

/**
 * Describes routes as OpenAPI 3.1. The same routes give the same document, byte for byte.
 *
 * @param about.version  of the hub
 */
export function openApiOf(
  routes: Readonly<Record<string, Route>>,
  about: { version: string },
): OpenApi {
  const book = schemaBook();
  const paths: OpenApi["paths"] = {};
  for (const [name, route] of Object.entries(routes)) {
    const path = route.path.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = {
      ...paths[path],
      [route.method.toLowerCase()]: operationOf(name, route, book),
    };
  }
  const problemRef = book.add(problem, "output");
  return {
    openapi: "3.1.1",
    info: {
      title: "Wadi hub",
      version: about.version,
      summary: "Dispatch, metering and settlement for many compute centres as one",
      description,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    tags: [...new Set(Object.values(routes).map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { key },
      parameters: { IdempotencyKey: idempotencyKey },
      responses: problemResponses(problemRef),
      schemas: book.finish(),
    },
  };
}

const description = `Amounts of money are yuan as exact decimal strings. Times are RFC 3339 in UTC.
Lists are paged by an opaque \`cursor\`. Every error is a problem (RFC 9457) whose \`code\`
never changes; \`/docs/problems\` lists them. Every reply carries \`x-request-id\`, as the log
does.`;

const key = {
  type: "http",
  scheme: "bearer",
  description: "An API key: `Authorization: Bearer wadi_…`",
};

const idempotencyKey = {
  name: "Idempotency-Key",
  in: "header",
  required: true,
  description: "New for each new request. Repeated with the same body it repeats the reply.",
  schema: { type: "string", minLength: 1, maxLength: 255, pattern: "^[!-~]+$" },
};

function operationOf(name: string, route: Route, book: SchemaBook): Operation {
  const body = bodyOf(route, book);
  return {
    operationId: name,
    tags: [route.tag],
    summary: route.summary,
    description: whoMay(route.needs),
    "x-permission": route.needs,
    security: isSigned(route) ? [{ key: [] }] : [],
    parameters: [
      ...parametersOf(route.params, { where: "path", book }),
      ...parametersOf(route.query, { where: "query", book }),
      ...(route.idempotent === true ? [{ $ref: "#/components/parameters/IdempotencyKey" }] : []),
    ],
    ...(body && { requestBody: { required: true, content: body } }),
    responses: {
      [String(route.status)]: replyOf(route, book),
      ...Object.fromEntries(
        problemStatuses(route).map((status) => [
          String(status),
          { $ref: `#/components/responses/Problem${status}` },
        ]),
      ),
    },
  };
}

const isSigned = ({ needs }: Route) => needs !== "public" && needs !== "join-token";

function whoMay(needs: Permission): string {
  if (needs === "public") return "For everybody; no key is needed.";
  if (needs === "join-token") return "For whoever has a join token; no key is needed.";
  if (needs === "signed") return "For every valid key.";
  const able = Object.entries(roles).filter(([, all]) =>
    (all as readonly string[]).includes(needs),
  );
  const names = able.map(([role]) => role).join(", ");
  return `Permission \`${needs}\`, which these roles have: ${names}.`;
}

function parametersOf(
  schema: Route["params"],
  { where, book }: { where: "path" | "query"; book: SchemaBook },
): unknown[] {
  if (!schema) return [];
  const json = book.add(schema, "input");
  const required = (json["required"] ?? []) as string[];
  return Object.entries(json["properties"] as Record<string, JsonSchema>).map(([name, one]) => ({
    name,
    in: where,
    required: where === "path" || required.includes(name),
    schema: one,
  }));
}

function bodyOf(route: Route, book: SchemaBook): Record<string, unknown> | undefined {
  if (route.accepts !== undefined) return { [route.accepts]: {} };
  if (!route.body) return undefined;
  const schema = book.add(route.body, "input");
  return Object.fromEntries(typesTaken(route).map((type) => [type, { schema }]));
}

function replyOf(route: Route, book: SchemaBook): unknown {
  if (route.status === 204) return { description: "Done; there is no body" };
  const json = route.reply && book.add(route.reply, "output" satisfies Direction);
  const content = (route.media ?? ["application/json"]).map((type) => [
    type,
    type === "application/json" ? { schema: json ?? { type: "object" } } : mediaOf(type),
  ]);
  return { description: route.summary, content: Object.fromEntries(content) as unknown };
}

/** Text is text; of bytes OpenAPI 3.1 says nothing. */
const mediaOf = (type: string) => (type.startsWith("text/") ? { schema: { type: "string" } } : {});

/** Every status that a route can answer with beside its own. */
function problemStatuses(route: Route): number[] {
  const hasBody = route.body !== undefined || route.accepts !== undefined;
  const changes = route.method !== "GET";
  const sets: [applies: boolean, statuses: number[]][] = [
    [true, [400, 422, 429, 431, 500, 503]],
    [isSigned(route), [401, 403]],
    [route.needs === "join-token", [401]],
    [route.status !== 204, [406]],
    [route.params !== undefined, [404]],
    [hasBody, [408, 413, 415]],
    [changes, [409]],
    [route.needs === "jobs:submit", [402]],
  ];
  const all = sets.flatMap(([applies, statuses]) => (applies ? statuses : []));
  return [...new Set(all)].sort((a, b) => a - b);
}

/** One response for each status, with the codes it can have. */
function problemResponses(schema: JsonSchema): Record<string, unknown> {
  const byStatus = Map.groupBy(
    Object.entries(refusals) as [RefusalCode, { status: number; title: string }][],
    ([, { status }]) => status,
  );
  const responses = [...byStatus]
    .sort(([a], [b]) => a - b)
    .map(([status, all]) => [
      `Problem${status}`,
      {
        description: all.map(([code, { title }]) => `\`${code}\`: ${title}`).join("\n\n"),
        ...([429, 503].includes(status) && {
          headers: { "Retry-After": { description: "Seconds.", schema: { type: "integer" } } },
        }),
        content: { "application/problem+json": { schema } },
      },
    ]);
  return Object.fromEntries(responses) as Record<string, unknown>;
}
