import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { findHub } from "./context.ts";
import { writeLogins } from "./login-file.ts";
import { aJob } from "./testing/fixtures.ts";
import { startDouble, type HubDouble } from "./testing/hub-double.ts";
import { runProgram } from "./testing/run-program.ts";
import { emptyFolder, runWadi } from "./testing/run-wadi.ts";

let double: HubDouble | undefined;
afterEach(async () => {
  await double?.close();
  double = undefined;
});

const logins = {
  default: { hub: "http://one.example", key: "key-one" },
  auditor: { hub: "http://two.example", key: "key-two" },
};

interface Given {
  hub?: string;
  key?: string;
  login?: string;
  as?: string;
}

async function found({ hub, key, login, as }: Given, withLogins = true) {
  const configFolder = emptyFolder();
  if (withLogins) await writeLogins(configFolder, logins);
  const env = {
    hub,
    key,
    login,
    configFolder,
    language: "en",
    columns: undefined,
    plain: false,
    inherited: {},
  } as const;
  const { hub: url, key: secret } = await findHub(env, as === undefined ? {} : { as });
  return `${url.host} ${secret}`;
}

test.each<[Given, string]>([
  [{}, "one.example key-one"],
  [{ as: "auditor" }, "two.example key-two"],
  [{ login: "auditor" }, "two.example key-two"],
  [{ key: "env-key" }, "one.example env-key"],
  [{ hub: "http://one.example" }, "one.example key-one"],
  // Chosen by hand, so it goes before the environment.
  [{ as: "auditor", hub: "http://one.example", key: "env-key" }, "two.example key-two"],
  // A login's key goes to its own hub and to no other.
  [{ hub: "http://three.example" }, "three.example undefined"],
  [{ hub: "https://one.example" }, "one.example undefined"],
  [{ hub: "http://three.example", key: "env-key" }, "three.example env-key"],
])("%j finds %s", async (given, expected) => {
  expect(await found(given)).toBe(expected);
});

test("without a login it is the hub of this machine, unsigned", async () => {
  expect(await found({}, false)).toBe("127.0.0.1:7070 undefined");
});

test("an option goes before all, and a key may come from a file", async () => {
  const env = { hub: "http://two.example", key: "env-key", login: undefined } as const;
  const rest = { language: "en", columns: undefined, plain: false, inherited: {} } as const;
  const configFolder = emptyFolder();
  const keyFile = join(configFolder, "key.txt");
  await writeFile(keyFile, "file-key\n");
  const options = { hub: "four.example:81", keyFile };
  const { hub, key } = await findHub({ ...env, ...rest, configFolder }, options);
  expect(`${hub.href} ${key}`).toBe("http://four.example:81/ file-key");
});

const me = {
  id: "01990000-0000-7000-8000-000000000001",
  label: "mine",
  role: "member",
  scope: { tenant: "acme", provider: null, fund: null },
  permissions: ["jobs:read"],
  createdAt: Temporal.Instant.from("2026-11-01T00:00:00Z"),
  expiresAt: Temporal.Instant.from("2027-11-01T00:00:00Z"),
  revokedAt: null,
  lastUsedAt: null,
  prefix: "wadi_abc",
};

test("a login is checked, kept where only its owner reads, used, and forgotten", async () => {
  double = await startDouble({
    readMe: () => me,
    listJobs: () => ({ items: [aJob()], next: null }),
  });
  const home = emptyFolder();
  const env = { HOME: home };
  const wadi = (args: string[], stdin = "") => runWadi(args, { env, stdin });

  const signedIn = await wadi(["login", double.url], "wadi_test_key\n");
  expect(signedIn.stderr).toContain("as member of acme");
  const file = join(home, ".config/wadi/logins.json");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(file, "utf8")).toContain("wadi_test_key");
  expect((await wadi(["jobs"])).stdout).toContain("train");

  expect((await wadi(["logout"])).code).toBe(0);
  expect(await readFile(file, "utf8")).not.toContain("wadi_test_key");
});

test("a key that the hub refuses is not kept", async () => {
  double = await startDouble({ readMe: () => me });
  const home = emptyFolder();
  const ran = await runWadi(["login", double.url], { env: { HOME: home }, stdin: "wrong" });
  expect(ran.code).toBe(4);
  await expect(stat(join(home, ".config/wadi/logins.json"))).rejects.toThrow("ENOENT");
});

test("a file that is no login file is named, with the cure", async () => {
  const configFolder = emptyFolder();
  await writeFile(join(configFolder, "logins.json"), '{"default": 7}');
  const ran = await runProgram(["jobs"], { env: { configFolder } });
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain("logins.json holds no logins; delete it and sign in again");
});
