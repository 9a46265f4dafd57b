import { accountIdOf } from '#access';
import type { Accounts } from '#accounts';
import { namespaceOf } from '#kernel';
import type { DescribedTag } from '#registry';
import type { Repository } from '#repositories';
import type { Updater } from './tag-answer.ts';

/** Who set each tag. What a build or an organization's token pushed is its namespace's, as on Hub. */
export async function findUpdaters(
  accounts: Accounts,
  { name }: Repository,
  tags: readonly DescribedTag[],
): Promise<(tag: DescribedTag) => Updater> {
  const namespace = namespaceOf(name);
  const ids = new Set(tags.flatMap(({ movedBy }) => accountIdOf(movedBy) ?? []));
  const names = await accounts.namesOf([...ids]);
  const owner = { id: (await accounts.find(namespace))?.id ?? 0, name: namespace };
  return ({ movedBy }) => {
    const id = accountIdOf(movedBy);
    const known = id === undefined ? undefined : names.get(id);
    return id === undefined || known === undefined ? owner : { id, name: known };
  };
}
