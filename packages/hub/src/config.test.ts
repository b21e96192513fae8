import { expect, test } from "vitest";

import { readConfig } from "./config.ts";

test("without any setting the hub stays on this machine", () => {
  const config = readConfig({});
  expect(config.listen).toEqual({ host: "127.0.0.1", port: 7070 });
  expect(config.state).toMatch(/^\/.*\.wadi$/);
  expect(config).toMatchObject({ databaseUrl: null, tls: null, corsOrigins: [] });
  expect(config.limits.rates.key).toEqual({ perSecond: 100, burst: 500 });
});

test("settings are read into the domain's values", () => {
  const config = readConfig({
    WADI_LISTEN: "[::1]:0",
    WADI_RATE_KEY: "off",
    WADI_CORS_ORIGINS: "https://a.example, https://b.example:8443",
    WADI_LEASE_MS: "2500",
    WADI_LOG_LEVEL: "",
  });
  expect(config.listen).toEqual({ host: "::1", port: 0 });
  expect(config.limits.rates.key).toBeNull();
  expect(config.corsOrigins).toEqual(["https://a.example", "https://b.example:8443"]);
  expect(config.timings.leaseMs).toBe(2500);
  expect(config.logLevel).toBe("info");
});

test.each([
  [{ WADI_LISTEN: "7070" }, "WADI_LISTEN must be host:port, such as 127.0.0.1:7070"],
  [{ WADI_LISTEN: "0.0.0.0:70700" }, 'read "0.0.0.0:70700"'],
  [{ WADI_LEASE_MS: "1m" }, 'WADI_LEASE_MS must be a whole number from 500 to 86400000; read "1m"'],
  [{ WADI_RATE_KEY: "0/10" }, "WADI_RATE_KEY must be requests a second and burst"],
  [{ WADI_LOG_LEVEL: "loud" }, "WADI_LOG_LEVEL must be fatal, error, warn, info, debug"],
  [{ WADI_TLS_CERT: "c.pem" }, "WADI_TLS_CERT and WADI_TLS_KEY belong together"],
  [{ WADI_CORS_ORIGINS: "https://a.example/" }, "WADI_CORS_ORIGINS must be origins"],
  [{ WADI_LISTN: "127.0.0.1:1" }, "WADI_LISTN is no setting; did you mean WADI_LISTEN?"],
])("%j is refused: %s", (environment, sentence) => {
  expect(() => readConfig(environment)).toThrow(sentence);
});

test("all that is wrong is told at once, and no secret with it", () => {
  const wrong = () => readConfig({ DATABASE_URL: "hunter2", WADI_STOP_MS: "x", WADI_STREAMS: "0" });
  expect(wrong).toThrow(/DATABASE_URL must be a URL.*\n.*WADI_STREAMS.*\n.*WADI_STOP_MS/);
  expect(wrong).not.toThrow("hunter2");
});

test("variables of others that only begin like ours are left alone", () => {
  expect(() =>
    readConfig({ WADI_KEY: "k", WADI_TEST_REPORT: "r", WADI_RUN_DIR: "d" }),
  ).not.toThrow();
});
