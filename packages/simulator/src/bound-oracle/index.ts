export { provinceProblem, type ProvinceSize } from "./province-problem.testing.ts";
export {
  solveTimeIndexed,
  type ProgramAnswer,
  type ProgramQuestion,
} from "./time-indexed.testing.ts";
