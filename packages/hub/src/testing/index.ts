export { createTestDatabase, testDatabaseUrl, testDb } from "./test-db.ts";
export { copyQuietDisk, makeDisk, mountDisk, withChildren, type LoopDisk } from "./loop-disk.ts";
