import { cardHourPrice, cardModel, type CardModel } from "@wadi/core/capacity";
import { divide, microYuan, yuan, type MicroYuan } from "@wadi/core/units";

/** What a centre of this example buys: made up, but for the catalogue's peaks. */
export interface CardOffer {
  readonly model: string;
  /** At work; round figures. */
  readonly watts: number;
  /** Whose peak it is priced by, where the catalogue knows none of its own; and why that one. */
  readonly like?: { readonly model: string; readonly why: string };
}

const like910b2 = { model: "ascend-910b2", why: "the same maker's next, of the same memory" };
const like910b4 = { model: "ascend-910b4", why: "its 280 TFLOPS are what some say of the C500" };
const like4090 = { model: "rtx-4090", why: "the nearest known peak to the 180 that some say" };

/** For training: eight cards a host. */
export const trainingCards: readonly CardOffer[] = [
  { model: "ascend-910b2", watts: 400 },
  { model: "ascend-910b3", watts: 400 },
  { model: "a800-80g", watts: 400 },
  { model: "ascend-910c", watts: 800 },
  { model: "h800-sxm", watts: 700 },
  { model: "ascend-910b1", watts: 400, like: like910b2 },
  { model: "kunlun-p800", watts: 400 },
  { model: "a100-80g", watts: 400 },
  { model: "h20", watts: 400 },
  { model: "metax-c500", watts: 350, like: like910b4 },
];

/** Of supercomputers: eight cards a host. */
export const superCards: readonly CardOffer[] = [
  { model: "dcu-k100-ai", watts: 400, like: like4090 },
];

/** For models at work, films, pictures: eight cards a host, handed out in tenths. */
export const generalCards: readonly CardOffer[] = [
  { model: "l40s", watts: 350 },
  { model: "mtt-s4000", watts: 450 },
  { model: "rtx-4090", watts: 450 },
  { model: "mlu370-x8", watts: 250 },
];

/** Small ones: sixteen a host. */
export const denseCard: CardOffer = { model: "mlu370-s4", watts: 75 };

/** Near to whom they serve: four a host. */
export const edgeCards: readonly CardOffer[] = [
  { model: "mlu370-x4", watts: 150 },
  { model: "ascend-910b4", watts: 350 },
  { model: "l40s", watts: 350 },
  { model: "kunlun-r200-8f", watts: 160 },
];

/** By whose peak a card is priced. */
export function pricedBy({ model, like }: CardOffer): CardModel {
  const known = cardModel(like?.model ?? model);
  if (known) return known;
  throw new Error(`${model} is not in the catalogue`);
}

/** Yuan per P-month as a price per card-hour, raised to a hundredth of a fen. */
export function perCardHour(offer: CardOffer, perPMonth: number): MicroYuan {
  const price = cardHourPrice(pricedBy(offer), yuan(perPMonth));
  if (price.kind !== "price") throw new Error(price.reason);
  return microYuan(divide(price.perCardHour, 100n, "up") * 100n);
}
