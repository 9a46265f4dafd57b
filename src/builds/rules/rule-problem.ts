import { buildsErrors } from '../builds-errors.ts';
import type { RuleText } from './build-rule.ts';

/** What makes a rule unusable, with the remedy in its sentence. */
export function ruleProblem(field: keyof RuleText, problem: string) {
  return buildsErrors.fail('RULE_INVALID', `${fieldLabels[field]}: ${problem}`, {
    detail: { field },
  });
}

const fieldLabels: Readonly<Record<keyof RuleText, string>> = {
  sourceType: 'source type',
  source: 'source',
  dockerTags: 'docker tags',
  buildContext: 'build context',
  dockerfile: 'Dockerfile location',
  autobuild: 'autobuild',
  caching: 'build caching',
};
