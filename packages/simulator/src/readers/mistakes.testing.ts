import { WrongInput, type Mistake } from "./mistakes.ts";

/** What a reader says is wrong; fails where it says nothing. */
export function mistakesOf(read: () => unknown): readonly Mistake[] {
  try {
    read();
  } catch (error) {
    if (error instanceof WrongInput) return error.mistakes;
    throw error;
  }
  throw new Error("nothing was wrong");
}

/** The same, as `line field`. */
export const placesOf = (read: () => unknown): string[] =>
  mistakesOf(read).map(({ line, field }) => `${line} ${field}`);
