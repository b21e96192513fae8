import type { Command } from "commander";

/** The options of every command that records a move of money. */
export const movement = (command: Command) =>
  command
    .option("--note <text>", "what it is, in your words")
    .option("--key <key>", "the same key moves the money once, however often it is repeated");
