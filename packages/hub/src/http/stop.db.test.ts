import { connect } from "node:net";
import { route } from "@wadi/protocol";
import { expect, test } from "vitest";
import { z } from "zod";

import { testDb } from "../testing/index.ts";
import { testApp } from "../testing/test-app.ts";
import { serve } from "./index.ts";

const wait = route({
  method: "GET",
  path: "/test/wait/:name",
  needs: "public",
  tag: "Test",
  summary: "",
  status: 200,
  params: z.strictObject({ name: z.enum(["a", "b"]) }),
  reply: z.object({ waited: z.string() }),
});
const db = await testDb();
/** More than the buffers of a connection hold. */
const size = 20_000_000;

/** A server with a route that answers when its gate is opened. */
async function gated(env: Record<string, string>) {
  const gate = Promise.withResolvers<void>();
  const entered = { a: Promise.withResolvers<AbortSignal>(), b: Promise.withResolvers() };
  const made = await testApp(db, {
    env,
    serveMore: (app) =>
      serve(app, wait, async ({ params, signal }) => {
        entered[params.name].resolve(signal);
        await gate.promise;
        return { waited: params.name.repeat(size) };
      }),
  });
  return { ...made, gate, entered };
}

/** Requests over one connection that stays open; each reply's status. */
function connection(url: string) {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  let text = "";
  socket.on("data", (chunk) => (text += chunk.toString()));
  socket.on("error", () => {});
  return {
    ask: (path: string) => socket.write(`GET ${path} HTTP/1.1\r\nhost: h\r\n\r\n`),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    text: () => text,
  };
}

test("what is under way is finished, to the last byte; what is new is sent away", async () => {
  const { url, ask, stop, gate, entered } = await gated({ WADI_STOP_MS: "60000" });
  const slow = connection(url);
  slow.ask("/test/wait/a");
  const waiting = ask("GET", "/test/wait/b");
  const [signal] = await Promise.all([entered.a.promise, entered.b.promise]);

  const stopped = stop();
  await expect.poll(() => signal.aborted).toBe(true);
  const late = await ask("GET", "/v1/me");
  expect(late.headers.get("connection")).toBe("close");
  expect([late.status, ((await late.json()) as { code: string }).code]).toEqual([503, "stopping"]);
  slow.pause();
  gate.resolve();
  expect(((await (await waiting).json()) as { waited: string }).waited).toHaveLength(size);
  slow.resume();
  await stopped;
  await expect.poll(() => slow.text().length).toBeGreaterThan(size);
});

test("while it drains a hub serves on, but is not ready", async () => {
  const { url, ask, stop } = await gated({ WADI_DRAIN_MS: "400" });
  expect((await ask("GET", "/readyz")).status).toBe(200);
  const stopped = stop();
  const ready = await ask("GET", "/readyz");
  expect([ready.status, ((await ready.json()) as { code: string }).code]).toEqual([
    503,
    "stopping",
  ]);
  expect((await ask("GET", "/healthz")).status).toBe(200);
  await stopped;
  await expect(fetch(`${url}/healthz`)).rejects.toThrow("fetch failed");
});

test("what does not end in its time is cut", async () => {
  const { ask, stop, entered } = await gated({ WADI_STOP_MS: "50" });
  const waiting = ask("GET", "/test/wait/a");
  await entered.a.promise;
  await Promise.all([expect(waiting).rejects.toThrow("fetch failed"), stop()]);
});
