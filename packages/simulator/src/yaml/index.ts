export { findPart, type FoundPart } from "./find-part.ts";
