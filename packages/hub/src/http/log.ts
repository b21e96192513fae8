import { pino, type DestinationStream, type Logger } from "pino";

import type { Config } from "../config.ts";

/** What is cut out of a finished line, wherever it stands; looking into objects costs more. */
const secretShapes: readonly [shape: RegExp, shown: string][] = [
  // Fields that hold secrets by their name.
  [/"(authorization|secret|credential|joinToken|password)":"(?:[^"\\]|\\.)*"/gi, '"$1":"[cut]"'],
  // Keys and tokens of ours; what is left tells which one it was.
  [/\b(wadi[a-z]*_[A-Za-z0-9]{6,32}_)[A-Za-z0-9_-]{40,}/g, "$1[cut]"],
  // Passwords in URLs.
  [/\b(postgres(?:ql)?:\/\/[^:@/\s"]*:)[^@\s"]+@/g, "$1[cut]@"],
  [/\b([Bb]earer )[A-Za-z0-9._~+/=-]{8,}/g, "$1[cut]"],
];

/** One JSON object a line on standard output, time in RFC 3339, without what looks secret. */
export function makeLog(level: Config["logLevel"], to?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: errorForLog },
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: cutSecrets },
    },
    to ?? pino.destination({ fd: 1, sync: true }),
  );
}

/** What helps to find a fault, and none of the objects that libraries hang on their errors. */
function errorForLog(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, cause } = error;
  const { code, detail, statement } = error as {
    code?: unknown;
    detail?: unknown;
    statement?: unknown;
  };
  return {
    ...{ name, message, code, detail, statement, stack },
    ...(cause !== undefined && { cause: errorForLog(cause) }),
  };
}

/** The text without what looks like a secret; what is left tells which one it was. */
export function cutSecrets(text: string): string {
  let cut = text;
  for (const [shape, shown] of secretShapes) cut = cut.replace(shape, shown);
  return cut;
}
