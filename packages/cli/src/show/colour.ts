export type Colour = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Colours a text; or does not, where colours are off. */
export type Paint = (colour: Colour, text: string) => string;

const codes: Readonly<Record<Colour, readonly [on: number, off: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

const coloured: Paint = (colour, text) => {
  const [on, off] = codes[colour];
  return text === "" ? "" : `\u001B[${on}m${text}\u001B[${off}m`;
};

const plain: Paint = (_, text) => text;

export const painter = (hasColour: boolean): Paint => (hasColour ? coloured : plain);

const stateColours: Readonly<Record<string, Colour>> = {
  succeeded: "green",
  running: "cyan",
  placed: "cyan",
  failed: "red",
  lost: "red",
  "out-of-memory": "red",
  "timed-out": "red",
  refused: "red",
  cancelled: "dim",
  stopped: "dim",
  up: "green",
  chosen: "green",
  unknown: "yellow",
  draining: "yellow",
  busy: "yellow",
};

/** The colour of a state's name; undefined where it has none of its own. */
export const stateColour = (state: string): Colour | undefined => stateColours[state];
