import { problem, type Problem } from "@wadi/protocol";
import { expect, test } from "vitest";

import { aJob, ended, submit } from "./region/job.ts";
import { fund, other, programme, tenant } from "./region/layout.ts";
import type { Keys } from "./region/set-up.ts";
import { storyRegion } from "./region/story.ts";

const region = storyRegion();

interface Ask {
  readonly by: keyof Keys | "nobody" | "a stranger";
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** Sends what no client of ours would send. @returns the problem, checked against its schema */
async function problemOf(what: string, { by, body, headers = {} }: Ask): Promise<Problem> {
  const [method = "", path = ""] = what.split(" ");
  const keys: Record<string, string> = { ...region().keys, "a stranger": `wadi_${"x".repeat(60)}` };
  const key = keys[by];
  const reply = await fetch(region().front.url + path, {
    method,
    headers: {
      "idempotency-key": crypto.randomUUID(),
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  expect(reply.headers.get("content-type")).toContain("application/problem+json");
  const read = problem.parse(await reply.json());
  expect(read.status).toBe(reply.status);
  return read;
}

const spec = {
  version: 1,
  name: "a job",
  run: { kind: "command", argv: ["fake"] },
  cards: { options: [{ model: "a800-80g" }] },
  maxRunTime: "1m",
};
const field = (pointer: string, detail: RegExp) => ({ pointer, detail });

test.each<[string, string, Ask, { pointer: string; detail: RegExp }]>([
  [
    "a tenant's misspelt field",
    "POST /v1/jobs",
    { by: "tenant", body: { ...spec, maxRuntime: "1m" } },
    field("/maxRuntime", /maxRunTime/),
  ],
  [
    "a tenant's duration without a unit",
    "POST /v1/jobs",
    { by: "tenant", body: { ...spec, maxRunTime: "90" } },
    field("/maxRunTime", /90s/),
  ],
  [
    "a tenant's card that the catalogue does not have",
    "POST /v1/jobs",
    { by: "tenant", body: { ...spec, cards: { options: [{ model: "a800" }] } } },
    field("/cards/options/0/model", /a800-80g/),
  ],
  [
    "a tenant's upload that was never made",
    "POST /v1/jobs",
    {
      by: "tenant",
      body: { ...spec, inputs: [{ kind: "upload", sha256: "0".repeat(64), to: "data" }] },
    },
    field("/inputs/0/sha256", /PUT \/v1\/uploads/),
  ],
  [
    "an operator's price below zero",
    `POST /v1/tenants/${tenant}/top-ups`,
    { by: "operator", body: { amount: "-1.00" } },
    field("/amount", /below zero/),
  ],
  [
    "an operator's centre without pools",
    "PUT /v1/centres/north",
    { by: "operator", body: { kind: "intelligent" } },
    field("/pools", /./),
  ],
  [
    "a provider's token that is good for a year",
    "POST /v1/centres/north/join-tokens",
    { by: "provider", body: { validFor: "365d" } },
    field("/validFor", /7d/),
  ],
  [
    "an officer's rate above one",
    `PUT /v1/programmes/${programme}`,
    {
      by: "officer",
      body: { fund, name: "x", rate: "1.5", capPerTenant: "1", expiresAt: "2030-01-01T00:00:00Z" },
    },
    field("/rate", /"0" to "1"/),
  ],
  [
    "an auditor's page of a million",
    "GET /v1/ledger/transfers?limit=1000000",
    { by: "auditor" },
    field("/limit", /1000/),
  ],
])("%s is refused, naming the field and what would be right", async (_, what, ask, wrong) => {
  const { status, code, errors } = await problemOf(what, ask);
  expect({ status, code }).toEqual({ status: 422, code: "invalid-request" });
  const named = errors?.find(({ pointer }) => pointer === wrong.pointer);
  expect(named?.detail).toMatch(wrong.detail);
});

test.each<[string, string, Ask, number, string]>([
  ["without a key", "GET /v1/jobs", { by: "nobody" }, 401, "not-signed-in"],
  ["with an unknown key", "GET /v1/jobs", { by: "a stranger" }, 401, "not-signed-in"],
  ["with a role that may not", "POST /v1/jobs", { by: "auditor", body: spec }, 403, "not-allowed"],
  [
    "for another's statement",
    `GET /v1/tenants/${tenant}/statement`,
    { by: "provider" },
    404,
    "not-found",
  ],
  ["for another's centre", "GET /v1/centres/south", { by: "provider" }, 404, "not-found"],
  ["for what is not there", "GET /v1/nothing", { by: "tenant" }, 404, "not-found"],
  ["by a wrong method", "DELETE /v1/jobs", { by: "tenant" }, 405, "method-not-allowed"],
  ["of broken JSON", "POST /v1/jobs", { by: "tenant", body: "{" }, 400, "malformed-body"],
  [
    "of too much",
    "POST /v1/jobs",
    { by: "tenant", body: { ...spec, name: "x".repeat(2 << 20) } },
    413,
    "body-too-large",
  ],
  [
    "of another type",
    "POST /v1/jobs",
    { by: "tenant", body: "version: 1", headers: { "content-type": "text/plain" } },
    415,
    "unsupported-media-type",
  ],
  [
    "to dispute more than is owed",
    "POST /v1/disputes",
    {
      by: "operator",
      body: { provider: "south-compute", tenant: other, amount: "100000", reason: "slow" },
    },
    409,
    "insufficient-funds",
  ],
  [
    "to grant more than the cap",
    `POST /v1/programmes/${programme}/grants`,
    { by: "officer", body: { tenant: other, amount: "900000" } },
    422,
    "exceeds-cap",
  ],
])("a request %s is refused", async (_, what, ask, status, code) => {
  expect(await problemOf(what, ask)).toMatchObject({ status, code });
});

test("a key that was used is good for the same request only", async () => {
  const { tenant: client } = region().clients;
  const key = crypto.randomUUID();
  const job = await submit(client, aJob(), key);
  await ended(client, job.id);
  expect((await submit(client, aJob(), key)).id).toBe(job.id);
  await expect(submit(client, aJob({ name: "another" }), key)).rejects.toMatchObject({
    status: 409,
    code: "key-reused",
  });
});

test("another tenant's job is not there, whatever is asked of it", async () => {
  const { tenant: client } = region().clients;
  const { id } = await submit(client, aJob());
  for (const what of [
    `GET /v1/jobs/${id}`,
    `GET /v1/jobs/${id}/explanation`,
    `GET /v1/jobs/${id}/logs`,
    `GET /v1/jobs/${id}/readings`,
    `POST /v1/jobs/${id}/cancel`,
  ]) {
    expect(await problemOf(what, { by: "other" })).toMatchObject({
      status: 404,
      code: "not-found",
    });
  }
  await ended(client, id);
});
