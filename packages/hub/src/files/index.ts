export { openFile, uploadsOf, type OpenFile } from "./read-file.ts";
export { serveUploads } from "./routes.ts";
export { readOwned, type FileOwner } from "./store.ts";
export { storeFile } from "./store-file.ts";
export { sweepBrokenUploads } from "./sweep.ts";
