import path from "node:path";
import { expect, onTestFinished, test } from "vitest";

import { numberIn, startChild } from "../../testing/child.ts";
import { copyQuietDisk, makeDisk, mountDisk, withChildren } from "../../testing/loop-disk.ts";
import { tempFolder, testedBin } from "../../testing/private-server.ts";
import { connectDb } from "../db.ts";
import { layoutIn } from "./hold.ts";
import { readPostmasterPid } from "./postmaster-pid.ts";
import { liveProcess } from "./processes.ts";
import { startEmbedded } from "./server.ts";

test("a power cut loses no row that was acknowledged", async ({ skip }) => {
  const disk = await makeDisk(await tempFolder()).catch((error: unknown) => error as Error);
  if (disk instanceof Error) {
    console.warn(`power cut left out: it needs root, ext4 and a loop device: ${disk.message}`);
    skip("no root, ext4 or loop device");
    return;
  }
  onTestFinished(disk.unmount);
  const args = [path.join(disk.folder, "state"), "write", JSON.stringify(testedBin())];
  const hub = startChild({ program: "opener.ts", args });
  const server = numberIn(await hub.says(/^pid/));
  await hub.says(/^wrote 300$/);

  const frozen = [hub.pid, ...(await withChildren(server))];
  for (const pid of frozen) process.kill(pid, "SIGSTOP");
  await new Promise(setImmediate); // what the hub said until now has arrived
  const acknowledged = Math.max(
    300,
    ...(hub.said().match(/(?<=wrote )\d+(?=\n)/g) ?? []).map(Number),
  );
  const copy = await copyQuietDisk(disk.image);
  for (const pid of frozen) if (liveProcess(pid)) process.kill(pid, "SIGKILL");
  await hub.ended;

  const after = await mountDisk(copy);
  onTestFinished(after.unmount);
  const stateFolder = path.join(after.folder, "state");
  expect(readPostmasterPid(layoutIn(stateFolder).dataFolder)?.pid).toBe(server); // as it was left
  const restarted = await startEmbedded({ stateFolder, ...testedBin() });
  onTestFinished(() => restarted.stop());
  const { sql, close } = connectDb(restarted.url);
  const [row] = await sql<{ rows: bigint; last: bigint }>`
    select count(*) as rows, max(n) as last from written`;
  await close();
  expect(Number(row?.rows)).toBe(Number(row?.last)); // none missing in between
  expect(Number(row?.last)).toBeGreaterThanOrEqual(acknowledged);
}, 120_000);
