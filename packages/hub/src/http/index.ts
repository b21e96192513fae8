export type { RefusedAttempt } from "./access.ts";
export { makeApp, type App } from "./app.ts";
export { content, type Content } from "./content.ts";
export { decodeCursor, encodeCursor, pageOfRows } from "./cursor.ts";
export { languageOf, type SpokenLanguage } from "./language.ts";
export { cutSecrets, makeLog } from "./log.ts";
export { makeMetrics } from "./metrics.ts";
export { openApiOf } from "./openapi.ts";
export { rateLimiter } from "./rate-limit.ts";
export { serveSystem } from "./routes.ts";
export { serve, type Call } from "./serve.ts";
export {
  seesAll,
  seesFund,
  seesProvider,
  seesTenant,
  type CredentialCheck,
  type Signer,
} from "./signer.ts";
export { streamEvents, type EventSource, type StreamedEvent } from "./sse.ts";
export { stopApp } from "./stop.ts";
