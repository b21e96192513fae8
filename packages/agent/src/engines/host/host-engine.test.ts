import { engineContract } from "../engine-contract.ts";
import { makeHostWorld, shellCommands } from "./host-world.ts";

engineContract("host", { commands: shellCommands, makeWorld: async () => makeHostWorld() });
