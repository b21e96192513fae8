import { describe, expect, test } from "vitest";
import { cardTests } from "./contract/cards.ts";
import { endings } from "./contract/endings.ts";
import { lasting } from "./contract/lasting.ts";
import { starting } from "./contract/starting.ts";
import { looks } from "./contract/looks.ts";
import type {
  ContractCommands,
  ContractTest,
  ContractTests,
  ContractWorld,
  SeenWorld,
} from "./contract/world.ts";

/** What the contract needs to know of an engine. */
export interface ContractEngine {
  readonly commands: ContractCommands;
  /** A fresh centre: two hosts of four emulated cards of `model` each, and no run. */
  makeWorld(): Promise<ContractWorld>;
  /** The same with cards that can be looked at; null: of an engine that cannot look at any. */
  readonly makeSeenWorld: (() => Promise<SeenWorld>) | null;
}

/** Two hundred runs take a small machine a while. */
const timeoutMs = 60_000;

/** The same promises, kept by every engine: the tests of all of them. */
export function engineContract(
  name: string,
  { commands, makeWorld, makeSeenWorld }: ContractEngine,
): void {
  const run = async <W extends ContractWorld>(promise: ContractTest<W>, make: () => Promise<W>) => {
    const world = await make();
    try {
      await promise(world, commands);
    } finally {
      await world.end();
    }
  };
  const chapter = <W extends ContractWorld>(
    title: string,
    tests: ContractTests<W>,
    make: () => Promise<W>,
  ) => {
    describe(`the ${name} engine: ${title}`, () => {
      test.each(Object.entries(tests))(
        "%s",
        async (_title, promise) => {
          expect.hasAssertions();
          await run(promise, make);
        },
        timeoutMs,
      );
    });
  };
  chapter("starting", starting, makeWorld);
  chapter("endings", endings, makeWorld);
  chapter("cards", cardTests, makeWorld);
  chapter("lasting", lasting, makeWorld);
  if (makeSeenWorld) chapter("looks", looks, makeSeenWorld);
}
