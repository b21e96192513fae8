import { createInterface } from "node:readline";
import { Writable } from "node:stream";

/** Asks on the terminal for one line that is not shown while it is typed. */
export async function askSecretly(question: string): Promise<string> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_piece, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return await new Promise<string>((resolve) => {
      lines.question("", resolve);
      lines.on("close", () => resolve(""));
      lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
    });
  } finally {
    lines.close();
    process.stderr.write("\n");
  }
}
