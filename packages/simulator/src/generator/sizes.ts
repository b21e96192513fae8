/** Jobs of one size: how many cards they hold in all, and how often they come. */
export interface Size {
  readonly cards: number;
  /** They ask for a part of that one card. */
  readonly isPart: boolean;
  readonly weight: number;
}

/**
 * Most jobs hold one card, most card-hours go to few large ones, as in every published trace of
 * such machines; the figures are ours.
 */
const sizes: readonly Size[] = [
  { cards: 1, isPart: true, weight: 5 },
  { cards: 1, isPart: false, weight: 48 },
  { cards: 2, isPart: false, weight: 14 },
  { cards: 4, isPart: false, weight: 12 },
  { cards: 8, isPart: false, weight: 13 },
  { cards: 16, isPart: false, weight: 3.5 },
  { cards: 32, isPart: false, weight: 2 },
  { cards: 64, isPart: false, weight: 1.2 },
  { cards: 128, isPart: false, weight: 0.7 },
  { cards: 256, isPart: false, weight: 0.4 },
  { cards: 512, isPart: false, weight: 0.15 },
  { cards: 1024, isPart: false, weight: 0.04 },
  { cards: 2048, isPart: false, weight: 0.01 },
];

/** Those that a fleet whose largest pool has `cardsMost` cards holds twice. */
export const sizesWithin = (cardsMost: number, hasParts: boolean): Size[] =>
  sizes.filter(({ cards, isPart }) => (isPart ? hasParts : cards === 1 || cards * 2 <= cardsMost));
