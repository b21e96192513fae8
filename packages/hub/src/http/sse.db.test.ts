import { setTimeout as sleep } from "node:timers/promises";
import { problem, route } from "@wadi/protocol";
import { expect, test } from "vitest";
import { z } from "zod";

import { testDb } from "../testing/index.ts";
import { testApp } from "../testing/test-app.ts";
import { serve, streamEvents } from "./index.ts";

const follow = route({
  method: "GET",
  path: "/test/follow/:name",
  needs: "signed",
  tag: "Test",
  summary: "",
  status: 200,
  params: z.strictObject({ name: z.string() }),
  media: ["text/event-stream"],
});

const db = await testDb();
const tables = new Map<string, string[]>();
const { ask, keyOf, hub, app, clock, stop } = await testApp(db, {
  env: { WADI_STREAMS: "3", WADI_STOP_MS: "2000" },
  serveMore: (server) => {
    serve(server, follow, (call) => {
      const { name } = call.params;
      const table = tables.get(name) ?? [];
      tables.set(name, table);
      return streamEvents(call, {
        after: "0",
        isPlace: (text) => /^\d{1,9}$/.test(text),
        wake: `events/${name}`,
        until: () => table.at(-1) === "end",
        read: async (after) =>
          table.slice(Number(after), Number(after) + 2).map((data, i) => ({
            id: String(Number(after) + i + 1),
            event: "line",
            data: name === "json" ? { data } : data,
          })),
      });
    });
  },
});
const key = await keyOf("member");

const say = async (name: string, ...lines: string[]) => {
  tables.set(name, tables.get(name) ?? []);
  tables.get(name)!.push(...lines);
  await db.transaction((sql) => hub.signals.raise(sql, `events/${name}`));
};
const open = (name: string, headers: Record<string, string> = {}, as = key) =>
  ask("GET", `/test/follow/${name}`, { key: as, headers });
const reader = (response: Response) => {
  const stream = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    until: async (part: string) => {
      while (!text.includes(part)) {
        const { value, done } = await stream.read();
        if (done) throw new Error(`ended before ${part}: ${text}`);
        text += value;
      }
      return text;
    },
    close: () => stream.cancel(),
  };
};

test("what is there comes at once, what happens comes then, and the end ends it", async () => {
  await say("a", "one", "two", "three");
  const response = await open("a");
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  expect(response.headers.get("x-request-id")).toBeTruthy();
  const events = reader(response);
  await events.until("data: three\n\n");
  await say("a", "four\nin two lines");
  const text = await events.until("data: four\ndata: in two lines\n\n");
  expect(text).toContain("id: 2\nevent: line\ndata: two\n\n");
  await say("a", "end");
  await events.until("data: end\n\n");
  await expect(events.until("never")).rejects.toThrow("ended before never");
});

test("a stream goes on after Last-Event-ID, with nothing lost and nothing twice", async () => {
  await say("b", ...Array.from({ length: 9 }, (_, i) => `n${i + 1}`), "end");
  const whole = await (await open("b")).text();
  const rest = await (await open("b", { "last-event-id": "4" })).text();
  const ids = (text: string) => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
  expect(ids(whole)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(ids(rest)).toEqual([5, 6, 7, 8, 9, 10]);

  const wrong = await open("b", { "last-event-id": "4; drop" });
  expect(problem.parse(await wrong.json()).errors?.[0]?.pointer).toBe("/last-event-id");
});

test("data that is no text is sent as JSON", async () => {
  await say("json", "x", "end");
  expect(await (await open("json")).text()).toContain('data: {"data":"x"}\n\n');
});

test("a key has so many streams and no more, until it closes one", async () => {
  const streams = [reader(await open("c")), reader(await open("c")), reader(await open("c"))];
  expect(problem.parse(await (await open("c")).json()).code).toBe("rate-limited");
  await streams[0]!.close();
  await expect.poll(async () => (await open("c")).status).toBe(200);
  for (const stream of streams.slice(1)) await stream.close();
});

test("a stream sends nothing more once its key is revoked", async () => {
  const guest = await keyOf("member", { label: "guest" });
  const events = reader(await open("d", {}, guest));
  await say("d", "seen");
  await events.until("data: seen");
  await db.sql`update api_keys set revoked_at = now() where label = 'guest'`;
  clock.turn({ seconds: 5 });
  await say("d", "unseen");
  await expect(events.until("unseen")).rejects.toThrow("ended before unseen");
});

test("a caller who reads slowly holds up nobody, and gets all of it", async () => {
  const line = "x".repeat(100_000);
  await say("e", ...Array.from({ length: 60 }, () => line), "end");
  const slow = await open("e");
  await sleep(0);
  expect((await ask("GET", "/v1/me", { key })).status).toBe(200);
  expect((await slow.text()).length).toBeGreaterThan(60 * 100_000);
});

test("a stopping hub ends its streams, says it is not ready, and is gone in time", async () => {
  const events = reader(await open("f"));
  await say("f", "last");
  await events.until("data: last");
  const began = performance.now();
  const stopped = stop();
  await expect(events.until("never")).rejects.toThrow("ended before never");
  await stopped;
  expect(performance.now() - began).toBeLessThan(1500); // did not wait for WADI_STOP_MS
  expect(app.server.listening).toBe(false);
});
