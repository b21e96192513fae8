import { createClient, routes } from "@wadi/protocol";
import type { Context } from "../context.ts";
import { localHub, readAddress } from "../context.ts";
import { wrongUse } from "../failure.ts";
import { loginPath, readLogins, writeLogins } from "../login-file.ts";
import { askSecretly } from "../ask-secretly.ts";
import { readStdin } from "../spec/source.ts";

/**
 * Keeps a hub's address and a key for later commands. The key comes from standard input, or is
 * asked for; never from an argument, which every process of the machine can read.
 */
export async function login(context: Context, { url }: { url?: string }): Promise<void> {
  const { env, options } = context;
  const hub = readAddress(url ?? options.hub ?? env.hub ?? localHub);
  const typed = process.stdin.isTTY
    ? await askSecretly(`API key for ${hub.origin}: `)
    : (await readStdin()).toString("utf8");
  const key = typed.trim();
  if (!/^\S+$/.test(key)) {
    throw wrongUse("no API key came; give it on standard input: wadi login URL < FILE");
  }
  const { role, scope } = await createClient({ hub, key }).call(routes.readMe);

  const name = options.as ?? env.login ?? "default";
  const logins = await readLogins(env.configFolder);
  const path = await writeLogins(env.configFolder, { ...logins, [name]: { hub: hub.href, key } });
  const speaksFor = scope.tenant ?? scope.provider ?? scope.fund;
  context.note(
    `signed in at ${hub.origin} as ${role}${speaksFor === null ? "" : ` of ${speaksFor}`}`,
    `kept in ${path}${name === "default" ? "" : `; use it with --as ${name}`}`,
    ...(isOpen(hub)
      ? ["the key travels unencrypted: ask the operator for an https:// address"]
      : []),
  );
}

/** Forgets a login. The key itself stays valid: `wadi keys revoke` ends it. */
export async function logout(context: Context): Promise<void> {
  const { env, options } = context;
  const name = options.as ?? env.login ?? "default";
  const { [name]: gone, ...rest } = await readLogins(env.configFolder);
  if (!gone) throw wrongUse(`there is no login "${name}" in ${loginPath(env.configFolder)}`);
  await writeLogins(env.configFolder, rest);
  context.note(`forgot the login "${name}" at ${gone.hub}; its key stays valid until revoked`);
}

const isOpen = ({ protocol, hostname }: URL) =>
  protocol === "http:" && !/^(localhost|127\.|\[::1\])/.test(hostname);
