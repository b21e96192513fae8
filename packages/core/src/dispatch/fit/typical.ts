import { mebibytes, milliCores, type CardModelId } from "../../units/index.ts";
import type { Need, Shape } from "../snapshot.ts";

/** Needs that are asked for alike: on which cards, and how much of a host. */
export interface Kind {
  /** Names it among all kinds of one region; says nothing else. */
  readonly number: number;
  readonly key: string;
  /** What one replica takes, by the card models it may have. */
  readonly needOn: ReadonlyMap<CardModelId, Need>;
  /** How often it is asked for, beside the others. */
  readonly frequency: number;
}

/** The kinds asked for most. */
export interface Mix {
  readonly kinds: readonly Kind[];
  /** What follows from them alone, by smallest slice: `cardValues`. Filled when asked for. */
  readonly values: Map<number, Float64Array>;
  /** By model and smallest slice: what the kinds take there. Filled when asked for. */
  readonly needs: Map<string, readonly KindNeed[]>;
}

/** A kind that may run in such a pool. */
export interface KindNeed {
  readonly kind: Kind;
  /** Its place in the mix. */
  readonly place: number;
  /** As such a pool rounds it. */
  readonly need: Need;
}

/** So many kinds are looked at, the most frequent. */
const kindsMost = 128;

/** What runs ask for in a region: what is to come is taken to be alike. */
export class Typical {
  readonly #families = new Map<string, Asked>();
  readonly #asked = new Map<string, Asked & { steps: number }>();
  readonly #numbers = new Map<string, number>();
  #mix: Mix | null = null;
  #signature = "";
  #signatureOfParts = "";
  /** Something is asked for so much more or less often that the mix may be another. */
  #isStale = true;

  add({ family, replicas, cards, ...rest }: Shape): void {
    const known = this.#families.get(family);
    if (known) {
      known.replicas += replicas;
      this.#count(known, replicas);
      return;
    }
    const cpu = milliCores(about(rest.cpu, 4));
    const memory = mebibytes(about(rest.memory, 1));
    const options = cards.options.map(({ model, count, share }) => ({ model, count, share }));
    const sorted = options.toSorted((a, b) => (a.model < b.model ? -1 : 1));
    const wanted = sorted.map(({ model, count, share }) => `${model} ${count} ${share}`);
    const need = ({ count, share }: (typeof options)[number]) =>
      ({ cards: count, share, cpu, memory }) satisfies Need;
    const made = {
      key: `${wanted.join(" ")} ${cpu} ${memory}`,
      needOn: new Map(sorted.map((option) => [option.model, need(option)])),
      replicas,
    };
    this.#families.set(family, made);
    this.#count(made, replicas);
  }

  remove({ family, replicas }: Shape): void {
    const known = this.#families.get(family);
    if (!known) return;
    const gone = Math.min(replicas, known.replicas);
    known.replicas -= gone;
    this.#count(known, -gone);
    if (known.replicas === 0) this.#families.delete(family);
  }

  /**
   * The kinds asked for most, in one order whatever happened before. It is the same object as long
   * as none is asked for half as often again, or less by as much.
   */
  mix(): Mix {
    if (this.#mix && !this.#isStale) return this.#mix;
    this.#isStale = false;
    const most = [...this.#asked.values()]
      .sort((a, b) => b.steps - a.steps || (a.key < b.key ? -1 : 1))
      .slice(0, kindsMost);
    const signature = signatureOf(most);
    if (this.#mix && signature === this.#signature) return this.#mix;
    const ofParts = signatureOf(most.filter(isInParts));
    const values =
      this.#mix && ofParts === this.#signatureOfParts
        ? this.#mix.values
        : new Map<number, Float64Array>();
    this.#signature = signature;
    this.#signatureOfParts = ofParts;
    const kinds = most.map(({ key, needOn, steps }) => ({
      ...{ key, needOn, number: this.#numberOf(key) },
      frequency: 2 ** (steps / 2),
    }));
    this.#mix = { kinds, values, needs: new Map() };
    return this.#mix;
  }

  /** So many replicas more ask for the same, or fewer. */
  #count({ key, needOn }: Asked, more: number): void {
    const known = this.#asked.get(key) ?? { key, needOn, replicas: 0, steps: -Infinity };
    known.replicas += more;
    const steps = stepsOf(known.replicas);
    if (steps !== known.steps) this.#isStale = true;
    known.steps = steps;
    if (known.replicas > 0) this.#asked.set(key, known);
    else this.#asked.delete(key);
  }

  #numberOf(key: string): number {
    const known = this.#numbers.get(key) ?? this.#numbers.size;
    this.#numbers.set(key, known);
    return known;
  }
}

/** By one family, or by all of one key together. */
interface Asked {
  readonly key: string;
  readonly needOn: Kind["needOn"];
  replicas: number;
}

/** To a step of so many to each doubling: what differs by less is one kind. */
const about = (amount: number, steps: number) =>
  amount === 0 ? 0 : Math.round(2 ** (Math.round(steps * Math.log2(amount)) / steps));

/** Steps of the root of two: fine enough to weigh by, and seldom another. */
const stepsOf = (count: number) => Math.round(2 * Math.log2(count));

const signatureOf = (kinds: readonly { readonly key: string; readonly steps: number }[]) =>
  kinds.map(({ key, steps }) => `${key}:${steps}`).join("|");

/** Of cards that are taken whole nothing is cut off: they say nothing of what is left of one. */
const isInParts = ({ needOn }: Asked) => [...needOn.values()].some(({ share }) => share < 1000);
