import type { Principal } from '#access';
import type { RepositoryName } from '#kernel';
import { requireRepository } from '#repositories';
import { buildsErrors } from '../builds-errors.ts';
import type { BuildsParts } from '../builds-options.ts';
import type { BuildRule } from '../rules/build-rule.ts';
import { parseRules } from '../rules/parse-rules.ts';
import {
  listRules,
  replaceRules,
  type StoredRule,
  touchConfiguration,
} from './configuration-store.ts';
import { notSetUp } from './require-configuration.ts';

export interface RulesEdit {
  readonly principal: Principal;
  readonly name: RepositoryName;
  readonly edit: (stored: readonly BuildRule[]) => readonly StoredRule[];
}

/**
 * Edits the rules of a configuration, as one change with the reading. Gives them as they are then.
 * Throws `CONFIGURATION_UNKNOWN`, what `edit` throws, and `RULE_INVALID`.
 */
export async function changeRules(
  { database, clock }: Pick<BuildsParts, 'database' | 'clock'>,
  { principal, name, edit }: RulesEdit,
): Promise<readonly BuildRule[]> {
  return database.transact(async (tx) => {
    const repository = await requireRepository(tx, principal, { name }, 'editBuildSettings');
    if (!(await touchConfiguration(tx, repository.id, clock.now()))) throw notSetUp(repository);
    const rules = edit(await listRules(tx, repository.id));
    parseRules(rules);
    await replaceRules(tx, repository.id, rules);
    return listRules(tx, repository.id);
  });
}

/** The rule of that number. Throws `RULE_UNKNOWN`. */
export function ruleOf(rules: readonly BuildRule[], wanted: number): BuildRule {
  const rule = rules.find(({ number }) => number === wanted);
  if (rule !== undefined) return rule;
  throw buildsErrors.fail('RULE_UNKNOWN', `the configuration has no rule ${wanted}`, {
    detail: { rule: wanted },
  });
}
