import { accessErrors, type Principal } from '#access';
import { parseRepositoryName } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
import { decideSource } from '#repositories';
import type { SourceName } from '#sources';

/**
 * Throws `ACCESS_DENIED`, which names the field, unless the principal may push to the git repository:
 * whoever could build what others keep to themselves could read it. Throws `NAME_INVALID`.
 */
export async function assertMayUseSource(
  tx: ReadTransaction | WriteTransaction,
  principal: Principal,
  source: SourceName,
): Promise<void> {
  const name = parseRepositoryName(source.name);
  if ((await decideSource(tx, principal, { name }, 'writeSource')).isAllowed) return;
  throw accessErrors.fail(
    'ACCESS_DENIED',
    `source.repository: you may not use ${name} as a source`,
    { detail: { field: 'source.repository' } },
  );
}
