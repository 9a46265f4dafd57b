import { type GitHost, githostErrors, gitRepositoryPath } from '#githost';
import { parseRepositoryName } from '#kernel';
import { type Provider, type SourcesErrorCode, sourcesErrors } from '#sources';

/** The embedded git host as a provider of sources, under the names of its repositories. */
export function createEmbeddedProvider(host: GitHost): Provider {
  return {
    kind: 'embedded',
    capabilities: {
      readRefs: (name) =>
        translating('SOURCE_UNREADABLE', () => host.readRefs(parseRepositoryName(name))),
      cloneAccess: async (name) => ({
        kind: 'gateway',
        path: gitRepositoryPath(parseRepositoryName(name)),
      }),
      verifiesHooks: false,
      keepsKeys: false,
      reportsStatus: false,
    },
    link: async (name) => {
      await translating('PROVIDER_FAILED', () => host.create(parseRepositoryName(name)));
    },
  };
}

async function translating<Result>(
  code: SourcesErrorCode,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    if (!githostErrors.is(cause)) throw cause;
    throw sourcesErrors.fail(code, cause.message, { cause });
  }
}
