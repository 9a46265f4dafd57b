import type { Command } from '../command/command.ts';

/** A command that is loaded only when it is run or explained, so that the program starts fast. */
export interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

export interface NounEntry {
  readonly summary: string;
  readonly verbs: Readonly<Record<string, () => Promise<Command>>>;
}

export const commands: Readonly<Record<string, CommandEntry>> = {
  login: {
    summary: 'Logs in to a server and remembers it.',
    load: async () => (await import('../session/login.ts')).login,
  },
  logout: {
    summary: 'Ends the log-in at a server, and forgets it.',
    load: async () => (await import('../session/logout.ts')).logout,
  },
  whoami: {
    summary: 'Tells who is logged in, and where.',
    load: async () => (await import('../session/whoami.ts')).whoAmI,
  },
  serve: {
    summary: 'Runs the server: registry, API, git host and a builder of its own.',
    load: async () => (await import('../process/serve.ts')).serve,
  },
  builder: {
    summary: 'Runs a builder for a server elsewhere.',
    load: async () => (await import('../process/builder.ts')).builder,
  },
};

export const nouns: Readonly<Record<string, NounEntry>> = {
  repo: {
    summary: 'Repositories and their tags.',
    verbs: {
      list: async () => (await import('../repo/list.ts')).listRepositories,
      create: async () => (await import('../repo/create.ts')).createRepository,
      show: async () => (await import('../repo/show.ts')).showRepository,
      edit: async () => (await import('../repo/edit.ts')).editRepository,
      tags: async () => (await import('../repo/tags.ts')).listTags,
    },
  },
  'build-config': {
    summary: 'How a repository is built: source, tests, rules, variables.',
    verbs: {
      show: async () => (await import('../build-config/show.ts')).showBuildConfiguration,
      save: async () => (await import('../build-config/save.ts')).saveBuildConfiguration,
      delete: async () => (await import('../build-config/delete.ts')).deleteBuildConfiguration,
    },
  },
  'build-rule': {
    summary: 'Which branches and tags of the source become which tags of the image.',
    verbs: {
      list: async () => (await import('../build-rule/list.ts')).listBuildRules,
      add: async () => (await import('../build-rule/add.ts')).addBuildRule,
      edit: async () => (await import('../build-rule/edit.ts')).editBuildRule,
      remove: async () => (await import('../build-rule/remove.ts')).removeBuildRule,
      test: async () => (await import('../build-rule/test.ts')).testBuildRules,
    },
  },
  'build-variable': {
    summary: 'Variables that hooks and builds see.',
    verbs: {
      list: async () => (await import('../build-variable/list.ts')).listBuildVariables,
      set: async () => (await import('../build-variable/set.ts')).setBuildVariables,
      unset: async () => (await import('../build-variable/unset.ts')).unsetBuildVariables,
    },
  },
  build: {
    summary: 'Builds: their states, logs and phases.',
    verbs: {
      list: async () => (await import('../build/list.ts')).listBuilds,
      show: async () => (await import('../build/show.ts')).showBuild,
      logs: async () => (await import('../build/logs.ts')).printBuildLogs,
      watch: async () => (await import('../build/watch.ts')).watchBuild,
      start: async () => (await import('../build/start.ts')).startBuild,
      cancel: async () => (await import('../build/cancel.ts')).cancelBuild,
      retry: async () => (await import('../build/retry.ts')).retryBuild,
    },
  },
  delivery: {
    summary: 'What the source told the server, and what came of it.',
    verbs: {
      list: async () => (await import('../delivery/list.ts')).listDeliveries,
    },
  },
  token: {
    summary: 'Personal access tokens: for docker login and scripts.',
    verbs: {
      list: async () => (await import('../token/list.ts')).listTokens,
      create: async () => (await import('../token/create.ts')).createToken,
      revoke: async () => (await import('../token/revoke.ts')).revokeToken,
    },
  },
  session: {
    summary: 'Where you are logged in with your password.',
    verbs: {
      list: async () => (await import('../session/list.ts')).listSessions,
      end: async () => (await import('../session/end.ts')).endSession,
      'end-others': async () => (await import('../session/end-others.ts')).endOtherSessions,
    },
  },
  account: {
    summary: 'Your own account: the password.',
    verbs: {
      password: async () => (await import('../account/password.ts')).changePassword,
    },
  },
  user: {
    summary: 'Accounts of this server, for administrators.',
    verbs: {
      create: async () => (await import('../user/create.ts')).createUser,
    },
  },
};
