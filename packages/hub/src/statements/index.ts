export { serveStatements } from "./routes.ts";
