export { chooseVictims } from "./choose-victims.ts";
export type { Borrowed, PreemptionContext, Victim, Victims, Wanted } from "./wanted.ts";
