import { asId, bytes, type Bytes, type CentreId, type PlaceId } from "@wadi/core/units";

/** What a run of a job kept for the next one, and where it lies. */
export interface KeptCheckpoint {
  readonly centre: CentreId;
  readonly place: PlaceId;
  /** Rounded up to two digits, so that jobs alike stay one group of the queue. */
  readonly bytes: Bytes;
}

/** What an ended run tells of the checkpoint that it wrote; null where it wrote none. */
interface Told {
  readonly centre: CentreId;
  readonly checkpointedAt: Temporal.Instant | null;
  readonly checkpointBytes: bigint | null;
}

/** What the next run goes on from: what this one wrote, else what was there before. */
export function checkpointAfter(
  run: Told,
  known: {
    readonly before: KeptCheckpoint | null;
    /** Of the centres. */
    readonly places: ReadonlyMap<CentreId, PlaceId>;
  },
): KeptCheckpoint | null {
  const { before, places } = known;
  const place = places.get(run.centre);
  if (run.checkpointedAt === null || place === undefined) return before;
  return { centre: run.centre, place, bytes: twoDigits(run.checkpointBytes ?? 0n) };
}

function twoDigits(size: bigint): Bytes {
  const step = 10n ** BigInt(Math.max(0, `${size}`.length - 2));
  return bytes(((size + step - 1n) / step) * step);
}

/** As columns hold it. */
export interface CheckpointColumns {
  readonly checkpoint_centre: string | null;
  readonly checkpoint_place: string | null;
  readonly checkpoint_bytes: bigint | null;
}

export const checkpointOf = (row: CheckpointColumns): KeptCheckpoint | null =>
  row.checkpoint_centre === null
    ? null
    : {
        centre: asId(row.checkpoint_centre),
        place: asId(row.checkpoint_place!),
        bytes: bytes(row.checkpoint_bytes!),
      };
