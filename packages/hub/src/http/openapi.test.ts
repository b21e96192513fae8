import { readFileSync } from "node:fs";
import { refusals, roles, route, routes, slug, type Route } from "@wadi/protocol";
import type { TenantId } from "@wadi/core/units";
import { expect, test } from "vitest";
import { z } from "zod";

import { settingsMarkdown } from "../help.ts";
import { version } from "../version.ts";
import { openApiOf, type Operation } from "./openapi.ts";
import { cures, problemsHtml, problemsMarkdown } from "./problem-cures.ts";

const docs = (name: string) =>
  readFileSync(new URL(`../../../../docs/${name}`, import.meta.url), "utf8");
const document = openApiOf(routes, { version });
type Json = Record<string, unknown>;

/** Every object inside, with where it stands. */
function* objectsIn(value: unknown, at = ""): Generator<[at: string, Json]> {
  if (typeof value !== "object" || value === null) return;
  yield [at, value as Json];
  for (const [key, inner] of Object.entries(value)) yield* objectsIn(inner, `${at}/${key}`);
}

const lookUp = (ref: string) =>
  ref
    .slice(2)
    .split("/")
    .reduce<unknown>((inside, step) => (inside as Json | undefined)?.[step], document) as Json;

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]): [string, string, Operation] => [
    operation.operationId,
    `${method.toUpperCase()} ${path}`,
    operation,
  ]),
);

test("the committed document is the one that the routes make", async () => {
  const text = `${JSON.stringify(document, null, 1)}\n`;
  await expect(text).toMatchFileSnapshot("../../../../docs/openapi.json"); // -u writes it anew
});

test("every route is in it under its own name, once", () => {
  const expected = Object.entries(routes).map(
    ([name, { method, path }]) => `${name} ${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`,
  );
  expect(operations.map(([name, where]) => `${name} ${where}`).sort()).toEqual(expected.sort());
});

test("every reference leads somewhere, and every component is referred to", () => {
  const refs = [...objectsIn(document)].flatMap(([, { $ref }]) =>
    typeof $ref === "string" ? [$ref] : [],
  );
  expect(refs.filter((ref) => lookUp(ref) === undefined)).toEqual([]);
  const { schemas, parameters } = document.components;
  const named = [
    ...Object.keys(schemas!).map((name) => `#/components/schemas/${name}`),
    ...Object.keys(parameters!).map((name) => `#/components/parameters/${name}`),
  ];
  expect(named.filter((name) => !refs.includes(name))).toEqual([]);
});

test.each(operations)(
  "%s names its permission, its problems, and every param of its path",
  (name, where, operation) => {
    const described: Route = routes[name as keyof typeof routes];
    expect(operation["x-permission"]).toBe(described.needs);
    const parameters = (operation["parameters"] as Json[]).map((one) =>
      "$ref" in one ? lookUp(String(one["$ref"])) : one,
    );
    const inPath = parameters.filter((one) => one["in"] === "path").map((one) => one["name"]);
    expect(inPath).toEqual([...where.matchAll(/\{(\w+)\}/g)].map(([, param]) => param));
    expect(parameters.some((one) => one["name"] === "Idempotency-Key")).toBe(
      described.idempotent === true,
    );
    const isOpen = ["public", "join-token"].includes(described.needs);
    expect(operation["security"]).toEqual(isOpen ? [] : [{ key: [] }]);

    expect(operation.responses).toHaveProperty(String(described.status));
    const problems = Object.entries(operation.responses).filter(
      ([status]) => Number(status) >= 400,
    );
    expect(problems.length).toBeGreaterThan(4);
    for (const [status, response] of problems) {
      expect(response).toEqual({ $ref: `#/components/responses/Problem${status}` });
    }
  },
);

test("a problem of each status lists the codes it can have", () => {
  const responses = document.components["responses"] as Record<string, { description: string }>;
  for (const [code, { status }] of Object.entries(refusals)) {
    expect(responses[`Problem${status}`]!.description).toContain(`\`${code}\``);
  }
});

test("schemas use only what JSON Schema 2020-12 has, and no codec's inner note", () => {
  const allowed = new Set(
    [
      "type properties required additionalProperties items enum const anyOf oneOf $ref default",
      "description examples format pattern minLength maxLength minimum maximum exclusiveMinimum",
      "exclusiveMaximum minItems maxItems propertyNames contentEncoding",
    ].flatMap((line) => line.split(" ")),
  );
  const strange = new Set<string>();
  const walk = (schema: unknown) => {
    if (typeof schema !== "object" || schema === null) return;
    for (const [keyword, inner] of Object.entries(schema)) {
      if (!allowed.has(keyword)) strange.add(keyword);
      if (keyword === "properties") Object.values(inner as Json).forEach(walk);
      else if (["anyOf", "oneOf", "allOf"].includes(keyword)) (inner as unknown[]).forEach(walk);
      else if (["items", "additionalProperties", "propertyNames"].includes(keyword)) walk(inner);
    }
  };
  Object.values(document.components["schemas"]!).forEach(walk);
  for (const [at, one] of objectsIn(document.paths)) if (at.endsWith("/schema")) walk(one);
  expect([...strange]).toEqual([]);
});

test("what may be left out of a request is all there in a reply", () => {
  const { JobSpec, JobSpecInput } = document.components["schemas"] as Record<string, Json>;
  const required = (schema: Json) => schema["required"] as string[];
  expect(required(JobSpecInput!)).toEqual(["version", "name", "run", "cards", "maxRunTime"]);
  expect(required(JobSpec!)).toEqual(Object.keys(JobSpec!["properties"] as Json));
  expect(JobSpecInput).toMatchObject({
    properties: {
      cpu: { type: "number", default: 1 },
      memory: { type: "string", default: "1GiB" },
    },
    additionalProperties: false,
  });
});

test("amounts, times and ids are described as they travel", () => {
  const { Job, Charge } = document.components["schemas"] as Record<string, { properties: Json }>;
  expect(Job!.properties).toMatchObject({
    held: { type: "string", pattern: String.raw`^\d+(\.\d{1,6})?$` },
    submittedAt: { type: "string", format: "date-time" },
    id: { type: "string", format: "uuid" },
  });
  expect(Charge!.properties).toMatchObject({ usage: { $ref: "#/components/schemas/Usage" } });
});

test("a schema that looks the same both ways is there once, with its own name", () => {
  const same = z.strictObject({ a: z.int() }).meta({ id: "TestSame" });
  const unlike = z.strictObject({ same, b: z.int().default(1) }).meta({ id: "TestUnlike" });
  const outer = z.strictObject({ unlike }).meta({ id: "TestOuter" });
  const { components } = openApiOf(
    {
      put: route({
        method: "PUT",
        path: "/x/:id",
        needs: "signed",
        tag: "Test",
        summary: "",
        status: 200,
        params: z.strictObject({ id: slug<TenantId>() }),
        body: outer,
        reply: outer,
      }),
    },
    { version },
  );
  expect(Object.keys(components["schemas"]!)).toEqual([
    "Problem",
    "TestOuter",
    "TestOuterInput",
    "TestSame",
    "TestUnlike",
    "TestUnlikeInput",
  ]);
  expect(components["schemas"]).toMatchObject({
    TestOuterInput: { properties: { unlike: { $ref: "#/components/schemas/TestUnlikeInput" } } },
    TestUnlikeInput: { required: ["same"], properties: { b: { default: 1 } } },
  });
});

test("who may call is told by role", () => {
  const [, , submit] = operations.find(([name]) => name === "submitJob")!;
  const able = Object.entries(roles).filter(([, all]) =>
    (all as readonly string[]).includes("jobs:submit"),
  );
  for (const [role] of able) expect(submit["description"]).toContain(role);
});

test("the committed page of problems has every code with what to do about it", async () => {
  await expect(problemsMarkdown()).toMatchFileSnapshot("../../../../docs/problems.md");
  for (const code of Object.keys(cures)) expect(problemsHtml()).toContain(`<section id="${code}">`);
});

test("the committed page of settings has every variable as it is", () => {
  expect(docs("configuration.md")).toContain(settingsMarkdown());
});
