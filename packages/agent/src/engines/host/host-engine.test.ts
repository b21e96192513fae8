import { engineContract } from "../engine-contract.ts";
import { playedTool } from "./cards/played-tool.ts";
import { hostConfig, makeHostWorld, shellCommands } from "./host-world.ts";
import { cardsPerHost } from "../contract/world.ts";

engineContract("host", {
  commands: shellCommands,
  makeWorld: async () => makeHostWorld(),
  async makeSeenWorld() {
    const tool = playedTool("nvidia-smi");
    const cards = { everyMs: 250, timeoutMs: 5000, path: tool.path };
    const world = makeHostWorld({ config: { ...hostConfig, cards }, cards: cardsPerHost });
    const answer = (thousandths: number) =>
      tool.says(
        Array.from({ length: cardsPerHost }, (_, device) =>
          [device, `165432100000${device}`, `GPU-${device}`, thousandths / 10].join(", "),
        ).join("\n"),
      );
    answer(0);
    return {
      ...world,
      working(told, thousandths) {
        if (thousandths === null) tool.fails();
        else answer(thousandths);
        return told;
      },
      async end() {
        await world.end();
        tool.remove();
      },
    };
  },
});
