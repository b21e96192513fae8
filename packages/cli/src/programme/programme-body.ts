import { programmeDocument, type ProgrammeJson } from "@wadi/protocol/programme";
import { z } from "zod";

/** Rules as the client sends them. */
export const programmeBody = (written: ProgrammeJson): z.output<typeof programmeDocument> =>
  z.decode(programmeDocument, written);
