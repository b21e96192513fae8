import { z } from "zod";

/** Steps a second of one job type alone on one card, by card. */
export interface JobType {
  readonly name: string;
  readonly stepsPerSecond: Readonly<Record<GavelCard, number>>;
}

export const gavelCards = ["v100", "p100", "k80"] as const;
export type GavelCard = (typeof gavelCards)[number];

const alone = z.looseObject({ null: z.number().positive() });
const table = z.object({
  v100: z.record(z.string(), z.looseObject({ null: z.number() })),
  p100: z.record(z.string(), z.looseObject({ null: z.number() })),
  k80: z.record(z.string(), z.looseObject({ null: z.number() })),
});

/**
 * Reads Gavel's `simulation_throughputs.json`: its job types of one card that run alone, by name.
 * @throws Error when the text is no such table, or a type is missing for a card
 */
export function readThroughputs(text: string): readonly JobType[] {
  const read = table.safeParse(JSON.parse(text));
  if (!read.success) throw new Error(`the table of throughputs: ${z.prettifyError(read.error)}`);
  const { v100, p100, k80 } = read.data;
  const keys = Object.keys(v100).filter((key) => key.endsWith(", 1)"));
  return keys.sort().map((key) => {
    const of = (card: GavelCard, types: typeof v100) => {
      const steps = alone.safeParse(types[key]);
      if (!steps.success)
        throw new Error(`the table of throughputs has no ${key} alone on ${card}`);
      return steps.data.null;
    };
    const stepsPerSecond = { v100: of("v100", v100), p100: of("p100", p100), k80: of("k80", k80) };
    return { name: key, stepsPerSecond };
  });
}
