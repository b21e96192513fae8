/**
 * How far one output stream of a run has gone to the hub. What the hub gets is one stream without
 * a gap: where output is left out a line of ours says so, and the rest follows on it.
 */
export interface LogCursor {
  /** Bytes of the run's own output that were read or left out. */
  readonly read: number;
  /** Bytes that the hub was sent. */
  readonly sent: number;
  /** Nothing more is sent: it has had as much as is kept of one stream. */
  readonly isFull: boolean;
}

export const newCursor: LogCursor = { read: 0, sent: 0, isFull: false };

/** A piece to be read from the engine, or a line to be put in. */
export type LogStep =
  | { readonly kind: "read"; readonly from: number; readonly bytes: number }
  | { readonly kind: "mark"; readonly cursor: LogCursor; readonly text: string };

/**
 * The next step, or undefined when all is sent.
 * @param size  bytes that the run has written so far
 */
export function nextStep(
  cursor: LogCursor,
  { size, pieceBytes, bytesMax }: { size: number; pieceBytes: number; bytesMax: number },
): LogStep | undefined {
  if (cursor.isFull || cursor.read >= size) return undefined;
  const room = bytesMax - cursor.sent;
  if (room <= 0) return leaveOut(cursor, { size, why: `only ${bytesMax} bytes are kept` });
  return { kind: "read", from: cursor.read, bytes: Math.min(pieceBytes, size - cursor.read, room) };
}

/** After a piece of so many bytes has been sent. */
export const afterPiece = (cursor: LogCursor, bytes: number): LogCursor => ({
  ...cursor,
  read: cursor.read + bytes,
  sent: cursor.sent + bytes,
});

/** Leaves out what has not been sent, and says so; for good. */
export function leaveOut(
  cursor: LogCursor,
  { size, why }: { size: number; why: string },
): LogStep & { kind: "mark" } {
  const text = `\n[${size - cursor.read} bytes or more left out: ${why}]\n`;
  const sent = cursor.sent + Buffer.byteLength(text);
  return { kind: "mark", cursor: { read: size, sent, isFull: true }, text };
}
