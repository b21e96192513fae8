export { serveStatements } from "./routes.ts";
export { linesMax, periodOf, refuseTooMany } from "./period.ts";
export { notFound, snapshot } from "./snapshot.ts";
export { allowLongStatements } from "./store.ts";
