import type { NamespaceAction, RepositoryAction, Role, SourceAction, TokenScope } from '#kernel';

/** What an action takes, of each kind of principal. */
export interface Rule {
  /** The least role that is enough for people; a public repository gives everybody `read`. */
  readonly role: Role;
  /** The role has to be given: that a repository's images are everybody's opens none of this. */
  readonly byGrantOnly?: true;
  /** Whether an organization's token may do it, where it was granted the role: it handles images. */
  readonly organizationToken?: true;
  /** Where an attempt may do it: in what it builds, in what it may read, or in its source and those beside it. */
  readonly attempt?: 'own' | 'readable' | 'source';
  /** "you need write access to alice/app to …". */
  readonly phrase: string;
}

/*
 * Who may do what. Builds are Docker's "Autobuild for teams": an administrator of the repository
 * edits their settings, its owner sets them up and deletes them. How a public image is made is for those
 * who were let in: sources are never public.
 */

export const repositoryRules: Readonly<Record<RepositoryAction, Rule>> = {
  viewRepository: { role: 'read', organizationToken: true, attempt: 'readable', phrase: 'view it' },
  pull: { role: 'read', organizationToken: true, attempt: 'readable', phrase: 'pull from it' },
  // Who pushes may not thereby delete, as on Docker Hub.
  push: { role: 'write', organizationToken: true, attempt: 'own', phrase: 'push to it' },
  deleteImages: { role: 'admin', organizationToken: true, phrase: 'delete its images' },
  editRepository: { role: 'admin', phrase: 'edit it' },
  deleteRepository: { role: 'admin', phrase: 'delete it' },
  viewBuilds: { role: 'read', byGrantOnly: true, phrase: 'view its builds' },
  viewBuildLogs: { role: 'read', byGrantOnly: true, phrase: 'read its build logs' },
  viewDeliveries: { role: 'write', phrase: 'see what pushes to its source came to' },
  // What it costs is for those whose project it is, and a public image may have a private source.
  testBuildRules: { role: 'write', phrase: 'test its build rules' },
  startBuild: { role: 'write', phrase: 'start builds of it' },
  cancelBuild: { role: 'write', phrase: 'cancel its builds' },
  retryBuild: { role: 'write', phrase: 'retry its builds' },
  editBuildSettings: { role: 'admin', phrase: 'edit its build settings' },
  viewBuildVariables: { role: 'admin', phrase: 'see the values of its build variables' },
  setUpBuilds: { role: 'owner', phrase: 'set up automated builds of it' },
  // By a first git push: of a name from which nothing is built, by who may push its images as well.
  setUpBuildsByPush: { role: 'write', phrase: 'set up its builds by a first push' },
  deleteBuildSettings: { role: 'owner', phrase: 'delete its build settings' },
};

export const namespaceRules: Readonly<Record<NamespaceAction, Rule>> = {
  pushNewRepository: { role: 'write', phrase: 'push new repositories to it' },
  createRepository: { role: 'admin', phrase: 'make repositories in it' },
  editNamespace: { role: 'admin', phrase: 'edit it' },
};

/** Sources are never public: an image may be without its source being so. */
export const sourceRules: Readonly<Record<SourceAction, Rule>> = {
  readSource: { role: 'read', attempt: 'source', phrase: 'fetch its source' },
  writeSource: { role: 'write', phrase: 'push to its source' },
};

/**
 * The role that a personal access token leaves its owner at most. `repo:public_read` leaves none at
 * all in what is private.
 */
export const mostByScope: Readonly<Record<TokenScope, Role>> = {
  'repo:public_read': 'read',
  'repo:read': 'read',
  'repo:write': 'write',
  'repo:admin': 'owner',
};

/** Build caches belong to the server: no credential of anybody reads or writes them. */
export const unreachableNamespace = 'slipway-cache';
