import { expect, test } from "vitest";

import { tlsOptions } from "./tls.ts";

test("a file that is not there is told by its setting", () => {
  const files = { certFile: import.meta.filename, keyFile: "/nowhere/key.pem" };
  expect(() => tlsOptions(files)).toThrow("WADI_TLS_KEY names a file that cannot be read");
});

test("files that are no certificate and key are told", () => {
  const files = { certFile: import.meta.filename, keyFile: import.meta.filename };
  expect(() => tlsOptions(files)).toThrow("WADI_TLS_CERT and WADI_TLS_KEY are no pair in PEM form");
});
