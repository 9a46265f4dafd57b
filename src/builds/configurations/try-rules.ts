import { setImmediate } from 'node:timers/promises';
import type { Principal } from '#access';
import type { RepositoryName } from '#kernel';
import { requireRepository } from '#repositories';
import type { BuildsParts } from '../builds-options.ts';
import type { RefName, RuleText } from '../rules/build-rule.ts';
import { type RuleTestReport, testRules } from '../rules/test-rules.ts';
import { findConfiguration } from './configuration-store.ts';
import { notSetUp } from './require-configuration.ts';

export interface RuleTestRequest {
  /** Absent: the stored ones. */
  readonly rules?: readonly RuleText[] | undefined;
  /** Absent: those of the source, for who may build them. */
  readonly refs?: readonly RefName[] | undefined;
}

type TryingParts = Pick<BuildsParts, 'database' | 'sources' | 'clock'>;

/** See `Configurations.testRules`. */
export async function tryRules(
  { database, sources, clock }: TryingParts,
  { principal, name }: { readonly principal: Principal; readonly name: RepositoryName },
  request: RuleTestRequest,
): Promise<RuleTestReport> {
  const stored = await database.read(async (tx) => {
    const repository = await requireRepository(tx, principal, { name }, 'testBuildRules');
    const configuration = await findConfiguration(tx, repository.id);
    if (configuration === undefined && request.rules === undefined) throw notSetUp(repository);
    return configuration;
  });
  const rules = request.rules ?? stored?.rules ?? [];
  const refs =
    request.refs ?? (stored === undefined ? [] : await sources.listRefs(stored.sourceId));
  const autotest = stored?.autotest ?? 'off';
  return testRules({ rules, refs, autotest, now: clock.now(), pause: () => setImmediate() });
}
