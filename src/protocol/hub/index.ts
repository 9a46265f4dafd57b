/** Docker Hub's API below `/v2`, as far as there is one here. */
export { hubAccountOperations } from './accounts.ts';
export { atOldAddress } from './addresses.ts';
export { hubLogInOperations } from './log-in.ts';
export {
  type HubRepository,
  hubRepositoryOperations,
  hubRepositoryOrders,
} from './repositories.ts';
export { numberedPageOf, numberedPageQuery } from './shapes.ts';
export { type HubTag, hubTagOperations } from './tags.ts';
