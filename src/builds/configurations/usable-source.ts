import { accessErrors, decideOnSource, type Principal, reachOf } from '#access';
import { findGrantedNamespace } from '#accounts';
import { namespaceOf, parseRepositoryName } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
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
  const found = await findGrantedNamespace(tx, reachOf(principal).granteeId, namespaceOf(name));
  const facts = { name, granted: found?.granted };
  if (decideOnSource(principal, 'writeSource', facts).isAllowed) return;
  throw accessErrors.fail(
    'ACCESS_DENIED',
    `source.repository: you may not use ${name} as a source`,
    { detail: { field: 'source.repository' } },
  );
}
