import type { Principal } from '#access';
import type { RepositoryName } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
import { type Repository, requireRepository } from '#repositories';
import { putSource, requireSource, type SourceName } from '#sources';
import { buildsErrors } from '../builds-errors.ts';
import { defaultRule } from '../rules/build-rule.ts';
import { findConfiguration, putConfiguration, replaceRules } from './configuration-store.ts';
import type { SavingParts } from './save-configuration.ts';
import { assertMayUseSource } from './usable-source.ts';

export interface SettingUp {
  readonly principal: Principal;
  readonly name: RepositoryName;
  readonly branch: string;
}

/** See `Configurations.setUpByPush`. The push that comes second finds what the first one has made. */
export async function setUpByPush(parts: SavingParts, settingUp: SettingUp): Promise<void> {
  const { database, clock, sources } = parts;
  const { name, branch } = settingUp;
  const source = { provider: 'embedded', name } as const;
  if ((await database.read((tx) => admit(tx, settingUp, source))) === undefined) return;
  await sources.prepare(source);
  await database.transact(async (tx) => {
    const repository = await admit(tx, settingUp, source);
    if (repository === undefined) return;
    const now = clock.now();
    const { id: sourceId } = await putSource(tx, { ...source, createdAt: now });
    const head = { repositoryId: repository.id, sourceId, autotest: 'off' } as const;
    if (!(await putConfiguration(tx, head, { version: 0, now }))) return;
    await replaceRules(tx, repository.id, [defaultRule(branch)]);
  });
}

/** The repository whose builds are to be set up, for who may; `undefined` where that is done. */
async function admit(
  tx: ReadTransaction | WriteTransaction,
  { principal, name }: SettingUp,
  source: SourceName,
): Promise<Repository | undefined> {
  const repository = await requireRepository(tx, principal, { name }, 'setUpBuildsByPush');
  await assertMayUseSource(tx, principal, source);
  const existing = await findConfiguration(tx, repository.id);
  if (existing === undefined) return repository;
  const stored = await requireSource(tx, existing.sourceId);
  if (stored.name === source.name && stored.provider === source.provider) return undefined;
  throw buildsErrors.fail(
    'CONFIGURATION_CHANGED',
    `${name} is built from ${stored.name}: push there, or change its source first`,
  );
}
