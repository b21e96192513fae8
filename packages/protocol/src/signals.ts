import { z } from "zod";

/** What a person should look at. */
export const signalView = z.object({
  code: z.string(),
  subjects: z.array(z.string()),
  evidence: z.array(z.object({ subject: z.string(), what: z.string(), value: z.string() })),
  sentence: z.object({ en: z.string(), zh: z.string() }),
});
