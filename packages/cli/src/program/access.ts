import type { Command } from "commander";
import { collect, type Runner } from "./runner.ts";

/** Commands that sign in, and that manage keys. */
export function addAccess(program: Command, run: Runner): void {
  program.commandsGroup("Access:");
  program
    .command("login")
    .argument("[url]", "the hub's address")
    .description("keep a hub's address and an API key, read from standard input or asked for")
    .addHelpText(
      "after",
      `
Examples:
  $ wadi login https://hub.example < key.txt
  $ wadi login https://hub.example --as auditor`,
    )
    .action(run(async () => (await import("../commands/login.ts")).login));
  program
    .command("logout")
    .description("forget a login; its key stays valid until it is revoked")
    .action(run(async () => (await import("../commands/login.ts")).logout));
  program
    .command("whoami")
    .description("the key in use: its role, and what it may do")
    .action(run(async () => (await import("../commands/keys.ts")).whoami));
  addKeys(program, run);
  program
    .command("completion")
    .argument("<shell>", "bash or zsh")
    .description("print a script that completes wadi in your shell")
    .addHelpText("after", "\nExamples:\n  $ source <(wadi completion bash)")
    .action(run(async () => (await import("../commands/completion.ts")).completion, { program }));
}

function addKeys(program: Command, run: Runner): void {
  const roles = "operator, provider, tenant-admin, member, programme-officer or auditor";
  const keys = program.command("keys").description("API keys that you may manage");
  keys
    .command("list", { isDefault: true })
    .description("list keys, newest first")
    .action(run(async () => (await import("../commands/keys.ts")).listKeys));
  keys
    .command("make")
    .argument("<label>", "a word to know it by")
    .description("make a key; its secret is printed this once")
    .requiredOption("--role <role>", roles)
    .option("--tenant <tenant>", "the tenant it speaks for")
    .option("--provider <provider>", "the provider it speaks for")
    .option("--fund <fund>", "the fund it speaks for")
    .option("--only <permission>", "no more than this of the role; repeatable", collect)
    .option("--valid-for <duration>", "from 1m to 366d", "90d")
    .action(run(async () => (await import("../commands/keys.ts")).makeKey));
  keys
    .command("revoke")
    .argument("<key...>", "an id, or the start of a key as the list shows it")
    .description("revoke keys, at once and for good")
    .action(run(async () => (await import("../commands/keys.ts")).revokeKeys));
}
