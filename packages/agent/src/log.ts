import { pino, type DestinationStream, type Logger } from "pino";

/** Keys and tokens of ours, wherever they stand in a line. */
const secret = /\b(wadi[a-z]*_[A-Za-z0-9]{6,32}_)[A-Za-z0-9_-]{40,}/g;

/** One JSON object a line on standard output, time in RFC 3339, secrets cut out. */
export const makeLog = (level: string, to?: DestinationStream): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: ["credential", "*.credential", "token", "*.token"], censor: "[cut]" },
      hooks: { streamWrite: (line) => line.replace(secret, "$1[cut]") },
    },
    to ?? pino.destination({ fd: 1, sync: true }),
  );
