import { FileJournal } from "./file-journal.ts";
import { JournalFiles } from "./files.ts";
import type { Journal, JournalOptions } from "./journal.ts";
import { recover, removeOthers } from "./recover.ts";
import { openReserve } from "./reserve.ts";

/**
 * Opens the journal of a folder, or begins one. What a crash has torn is cut off; where more than
 * that is missing, what can be read goes into a new journal.
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { disk, folder, reserveBytes, newId } = options;
  await disk.makeFolder(folder);
  const reserve = await openReserve(disk, { folder, bytes: reserveBytes });
  const found = await recover(disk, folder);
  const kept = found?.kept ?? new Map<string, string>();
  const damage = found?.damage ?? null;
  const files =
    found && !damage
      ? await JournalFiles.goOn(options, { id: found.journal, segments: found.segments })
      : await JournalFiles.begin(options, { id: newId(), kept, entries: once(damage?.entries) });
  await removeOthers(disk, folder, files.id);
  return new FileJournal(options, { reserve, files, kept, damage: damage?.what ?? null });
}

async function* once(texts: readonly string[] | undefined) {
  if (texts) yield texts;
}
