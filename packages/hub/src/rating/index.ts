export { serveRating } from "./routes.ts";
