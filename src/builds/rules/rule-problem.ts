import { buildsErrors } from '../builds-errors.ts';
import { type RuleText, ruleLabels } from './build-rule.ts';

/** What makes a rule unusable, with the remedy in its sentence. */
export function ruleProblem(field: keyof RuleText, problem: string) {
  return buildsErrors.fail('RULE_INVALID', `${ruleLabels[field]}: ${problem}`, {
    detail: { field },
  });
}
