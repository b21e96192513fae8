/**
 * A contract's number as it is compared: full-width and small letters, blanks and dashes of other
 * kinds do not make another contract of it. All public money on a contract is added up under it.
 */
export const contractNumber = (written: string): string =>
  written
    .normalize("NFKC")
    .replaceAll(/\p{Pd}/gu, "-")
    .replaceAll(/\s+/g, "")
    .toUpperCase();
