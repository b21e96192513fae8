export {
  helpSentence,
  sizeOf,
  type Help,
  type HelpChange,
  type HelpCode,
  type HelpStart,
} from "./help.ts";
export { changeSentences, startSentences } from "./sentences.ts";
export { whatHelps } from "./what-helps.ts";
