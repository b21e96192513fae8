/** The latest of several instants. @throws TypeError when there are none */
export const latest = (instants: readonly Temporal.Instant[]): Temporal.Instant =>
  instants.reduce((a, b) => (Temporal.Instant.compare(a, b) < 0 ? b : a));
