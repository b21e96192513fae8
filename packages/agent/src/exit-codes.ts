/** How the agent ends, for whoever started it. They never change once released. */
export const exitCodes = {
  /** As it was asked to, or because the centre has left the region. */
  ended: 0,
  /** A fault; see the log. Starting it again may help. */
  fault: 1,
  /** Wrong arguments or configuration. */
  usage: 2,
  /** Not joined, or the hub knows this agent no more: join again. */
  "not-joined": 3,
  /** Another agent has joined for the centre. Its runs here were stopped. */
  replaced: 4,
  /** Another agent works in the state folder. */
  "in-use": 5,
  /** The hub could not be reached to join. */
  unreachable: 6,
  /** The join token is unknown, used or expired. */
  "token-refused": 7,
} as const satisfies Record<string, number>;
export type ExitReason = keyof typeof exitCodes;

/** Ends the agent for a reason that its operator can act on. The message says how. */
export class Ends extends Error {
  override readonly name = "Ends";
  readonly reason: ExitReason;

  constructor(reason: ExitReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
