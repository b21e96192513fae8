import type { Context } from "../context.ts";
import { Failure, wrongUse } from "../failure.ts";

/** What is told of a file without a mistake. */
interface Checked {
  readonly words: string;
  /** What is odd and no mistake. */
  readonly notes?: readonly string[];
  /** For programs, beside the file's name. */
  readonly json: object;
}

/**
 * Reads each file; of all that have mistakes, the mistakes are told together at the end.
 * @throws Failure with every mistake of every file
 */
export async function checkEach(
  context: Context,
  files: readonly string[],
  read: (file: string) => Promise<Checked>,
): Promise<void> {
  const wrong: string[] = [];
  for (const file of files) {
    try {
      const { words, notes = [], json } = await read(file);
      context.print(context.json ? JSON.stringify({ file, ...json }) : words);
      context.note(...notes);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      wrong.push(error.message, ...error.notes);
    }
  }
  const [first, ...rest] = wrong;
  if (first !== undefined) throw wrongUse(first, ...rest);
}
