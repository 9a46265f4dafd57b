import type { Operation } from '../operation.ts';

/** Below `/namespaces/{namespace}` as Hub documents it by now. */
export const repositoriesAddress = '/namespaces/{namespace}/repositories';
const oldRepositoriesAddress = '/repositories/{namespace}';

/**
 * The same operation where older clients, which is most of them, look for it: `/repositories/ada/app`
 * for `/namespaces/ada/repositories/app`.
 */
export function atOldAddress<Declared extends Operation>(operation: Declared): Declared {
  const { id, path } = operation;
  if (!path.startsWith(repositoriesAddress)) throw new Error(`${id} has one address only`);
  const oldPath = `${oldRepositoriesAddress}${path.slice(repositoriesAddress.length)}`;
  return { ...operation, id: `${id}AtOldAddress`, path: oldPath };
}
