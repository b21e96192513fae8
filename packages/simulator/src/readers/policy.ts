import { checkFairness, type Policy } from "@wadi/core/dispatch";
import { policySpec } from "@wadi/protocol/policy";
import { Mistakes, type Source } from "./mistakes.ts";
import { readYaml, stepsIn } from "./yaml.ts";

/**
 * A policy file, in the grammar that the API takes; what it leaves out is as in `defaultPolicy`.
 * @throws WrongInput
 */
export function readPolicy(source: Source): Policy {
  const { value: policy, mistakeAt } = readYaml(source, policySpec);
  const mistakes = new Mistakes(source.file);
  for (const { path, message } of checkFairness(policy.fairness)) {
    mistakes.add(mistakeAt(["fairness", ...stepsIn(path)], message));
  }
  mistakes.throwAny();
  return policy;
}
