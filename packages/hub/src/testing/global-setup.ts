import type { TestProject } from "vitest/node";

import { startTestServer, type TestServer } from "./test-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Made before the first test, for `testDb()`. */
    testServer: { readonly url: string; readonly template: string };
  }
}

/** Several projects of one run may ask for it; they share one server. */
let server: Promise<TestServer> | undefined;
let users = 0;

/**
 * Called by vitest before the first test. The tests use the embedded PostgreSQL, without fsync;
 * with `DATABASE_URL` set, that server, on which they create and drop databases of their own.
 */
export async function setup(project: TestProject): Promise<void> {
  users += 1;
  server ??= startTestServer(process.env["DATABASE_URL"]);
  const { url, template } = await server;
  project.provide("testServer", { url, template });
}

export async function teardown(): Promise<void> {
  users -= 1;
  if (users === 0) await (await server)?.stop();
}
