import { describe, expect, test } from "vitest";
import { cardTests } from "./contract/cards.ts";
import { endings } from "./contract/endings.ts";
import { lasting } from "./contract/lasting.ts";
import { starting } from "./contract/starting.ts";
import type { ContractCommands, ContractWorld } from "./contract/world.ts";

/** What the contract needs to know of an engine. */
export interface ContractEngine {
  readonly commands: ContractCommands;
  /** A fresh centre: two hosts of four emulated cards of `model` each, and no run. */
  makeWorld(): Promise<ContractWorld>;
}

/** Two hundred runs take a small machine a while. */
const timeoutMs = 60_000;

/** The same promises, kept by every engine: the tests of all of them. */
export function engineContract(name: string, { commands, makeWorld }: ContractEngine): void {
  describe.each(Object.entries({ starting, endings, cards: cardTests, lasting }))(
    `the ${name} engine: %s`,
    (_chapter, tests) => {
      test.each(Object.entries(tests))(
        "%s",
        async (_title, promise) => {
          expect.hasAssertions();
          const world = await makeWorld();
          try {
            await promise(world, commands);
          } finally {
            await world.end();
          }
        },
        timeoutMs,
      );
    },
  );
}
