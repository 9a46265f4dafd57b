/*
 * Everything that somebody may or may not do, each word once. Who may do it is the table of `#access`.
 */

/** What is done with a repository, its images and its builds. */
export const repositoryActions = [
  'viewRepository',
  'pull',
  'push',
  'deleteImages',
  'editRepository',
  'deleteRepository',
  'viewBuilds',
  'viewBuildLogs',
  'viewDeliveries',
  'testBuildRules',
  'startBuild',
  'cancelBuild',
  'retryBuild',
  'editBuildSettings',
  'viewBuildVariables',
  'setUpBuilds',
  'setUpBuildsByPush',
  'deleteBuildSettings',
] as const;
export type RepositoryAction = (typeof repositoryActions)[number];

/** What is done in a namespace. */
export const namespaceActions = ['pushNewRepository', 'createRepository', 'editNamespace'] as const;
export type NamespaceAction = (typeof namespaceActions)[number];

/** What is done with a git repository of the embedded host. */
export const sourceActions = ['readSource', 'writeSource'] as const;
export type SourceAction = (typeof sourceActions)[number];

/** What is done with the server as a whole. */
export const serverActions = ['manageAccounts'] as const;
export type ServerAction = (typeof serverActions)[number];

/** What people do with their own account. */
export const accountActions = [
  'viewOwnAccount',
  'viewOwnCredentials',
  'manageOwnCredentials',
] as const;
export type AccountAction = (typeof accountActions)[number];

export type Action =
  | RepositoryAction
  | NamespaceAction
  | SourceAction
  | ServerAction
  | AccountAction;
