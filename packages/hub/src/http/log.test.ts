import { expect, test } from "vitest";

import { cutSecrets, makeLog } from "./log.ts";

const key = `wadi_abcdefghijkl_${"s".repeat(43)}`;
const logged = (write: (log: ReturnType<typeof makeLog>) => void) => {
  let text = "";
  write(makeLog("info", { write: (line: string) => (text += line) }));
  return text;
};

test("secrets are cut by their field's name", () => {
  const text = logged((log) =>
    log.info({
      secret: "a1",
      body: { joinToken: "b2" },
      req: { headers: { authorization: "c3" } },
    }),
  );
  expect(text).toContain('"secret":"[cut]"');
  expect(text).not.toMatch(/a1|b2|c3/);
});

test("secrets are cut by their shape, also out of messages and stacks", () => {
  const text = logged((log) => {
    log.info(`signing in with ${key}`);
    log.error({ err: new Error(`no such key: ${key}`) }, "refused");
    log.warn({ url: "postgresql://wadi:hunter2@db:5432/wadi" }, "Bearer abcdefghijkl");
  });
  expect(text).toContain("wadi_abcdefghijkl_[cut]");
  expect(text).toContain("postgresql://wadi:[cut]@db:5432/wadi");
  expect(text).not.toMatch(/sss|hunter2|Bearer a/);
});

test("of an error there is what helps, its causes, and nothing that hangs on it", () => {
  const cause = Object.assign(new Error("refused"), { code: "57P01", client: { huge: "object" } });
  const text = logged((log) => log.error({ err: new Error("asking", { cause }) }, "failed"));
  const { err } = JSON.parse(text) as { err: object };
  expect(err).toMatchObject({ message: "asking", cause: { message: "refused", code: "57P01" } });
  expect(text).not.toContain("huge");
});

test("a line is one JSON object with level and time by name", () => {
  const line = JSON.parse(logged((log) => log.info({ route: "/v1/jobs" }, "done"))) as object;
  expect(line).toMatchObject({ level: "info", route: "/v1/jobs", msg: "done" });
  expect(line).toHaveProperty("time", expect.stringMatching(/^\d{4}-\d\d-\d\dT/));
});

test("ordinary text stays as it is", () => {
  const text =
    "wadi_http_request_duration_seconds_bucket of job 0190b0aa-1111-7000-8000-000000000000";
  expect(cutSecrets(text)).toBe(text);
});
