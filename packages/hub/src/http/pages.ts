import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";

import type { App } from "./app.ts";
import { problemsPath } from "./problem.ts";
import { problemsHtml } from "./problem-cures.ts";

/** Everything that the page needs comes from this hub; nothing is fetched from elsewhere. */
const contentPolicy = [
  "default-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "img-src 'self' data:",
  "object-src 'none'",
  "style-src 'self' 'unsafe-inline'",
].join("; ");

/**
 * Serves the pages for people: the API to read and try at /docs, the problems at /docs/problems.
 *
 * @param document  the OpenAPI document; asked for when the first reader comes
 */
export async function servePages(app: App, document: () => Record<string, unknown>): Promise<void> {
  app.get(problemsPath, (_request, reply) =>
    reply.type("text/html; charset=utf-8").send(problemsHtml()),
  );
  await app.register(swagger, {
    mode: "static",
    specification: { document: { openapi: "3.1.1", info: { title: "", version: "" }, paths: {} } },
  });
  await app.register(swaggerUi, {
    routePrefix: "/docs",
    uiConfig: { docExpansion: "none", filter: true, persistAuthorization: false },
    staticCSP: contentPolicy,
    transformSpecificationClone: false,
    transformSpecification: document,
    theme: { title: "Wadi API" },
  });
}
