export { serveSettlement } from "./routes.ts";
