import {
  asId,
  microYuan,
  type CentreId,
  type MicroYuan,
  type PlaceId,
  type ProviderId,
} from "../units/index.ts";
import {
  checkAmount,
  checked,
  checkSlug,
  checkText,
  checkWhole,
  type Checked,
  type Problem,
} from "./checked.ts";
import { checkTimeZone, timeZoneNamed } from "./time-zone.ts";

/** A provider's place where jobs run. Its cards are in its pools. */
export interface Centre {
  readonly id: CentreId;
  readonly name: { readonly zh: string; readonly en: string };
  readonly kind: CentreKind;
  /** Where it stands on the network: links and datasets name the same places. */
  readonly place: PlaceId;
  readonly providerId: ProviderId;
  /** Named IANA zone, for showing its hours. Prices name their own. */
  readonly timeZone: string;
  /** Null where the prices of its pools hold the power already. */
  readonly powerPricePerKwh: MicroYuan | null;
  /** Of CO2; null where nobody says. */
  readonly carbonGramsPerKwh: number | null;
}

/** Hangzhou's four: intelligent, super, general and edge compute develop as one system. */
export const centreKinds = ["intelligent", "super", "general", "edge"] as const;
export type CentreKind = (typeof centreKinds)[number];

/** A centre as it is written down, before it is checked. */
export interface CentreDraft {
  readonly id: string;
  readonly name: { readonly zh: string; readonly en: string };
  readonly kind: string;
  readonly place: string;
  readonly providerId: string;
  readonly timeZone: string;
  readonly powerPricePerKwh: bigint | null;
  readonly carbonGramsPerKwh: number | null;
}

export function centre(draft: CentreDraft): Checked<Centre> {
  const { powerPricePerKwh } = draft;
  return checked(problemsOf(draft), () => ({
    id: asId(draft.id),
    name: { zh: draft.name.zh, en: draft.name.en },
    kind: draft.kind as CentreKind,
    place: asId(draft.place),
    providerId: asId(draft.providerId),
    timeZone: timeZoneNamed(draft.timeZone)!,
    powerPricePerKwh: powerPricePerKwh === null ? null : microYuan(powerPricePerKwh),
    carbonGramsPerKwh: draft.carbonGramsPerKwh,
  }));
}

function problemsOf(draft: CentreDraft): Problem[] {
  const power = draft.powerPricePerKwh;
  const carbon = draft.carbonGramsPerKwh;
  const carbonRange = { path: "carbonGramsPerKwh", least: 0, most: 10_000 };
  return [
    ...checkSlug({ path: "id", value: draft.id }),
    ...checkText({ path: "name.zh", value: draft.name.zh }),
    ...checkText({ path: "name.en", value: draft.name.en }),
    ...checkKind(draft.kind),
    ...checkSlug({ path: "place", value: draft.place }),
    ...checkSlug({ path: "providerId", value: draft.providerId }),
    ...checkTimeZone({ path: "timeZone", value: draft.timeZone }),
    ...(power === null ? [] : checkAmount({ path: "powerPricePerKwh", value: power })),
    ...(carbon === null ? [] : checkWhole({ ...carbonRange, value: carbon })),
  ];
}

function checkKind(kind: string): Problem[] {
  if ((centreKinds as readonly string[]).includes(kind)) return [];
  return [{ path: "kind", message: `"${kind}" is not a kind; use ${centreKinds.join(", ")}` }];
}
