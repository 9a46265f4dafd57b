import { type Principal } from '#access';
import type { Builds } from '#builds';
import type { FirstPush } from '#githost';
import { AppError, type RepositoryName } from '#kernel';
import type { Repositories } from '#repositories';

export interface FirstPushesOptions {
  readonly repositories: Pick<Repositories, 'registryRights' | 'ensureForPush'>;
  readonly configurations: Pick<Builds['configurations'], 'setUpByPush'>;
}

/** What a git push to a name makes from which nothing is built yet. */
export interface FirstPushes {
  /** `undefined` for who may not push images of that name, be there a repository or not. */
  admit(principal: Principal, name: RepositoryName): Promise<FirstPush | undefined>;
}

/**
 * A first push makes the repository, as a first `docker push` does, and has the pushed branch built by the
 * default rule.
 */
export function createFirstPushes(options: FirstPushesOptions): FirstPushes {
  return {
    async admit(principal, name) {
      const { registryRights } = options.repositories;
      const actions = await registryRights.actionsOf(principal, name);
      if (!actions.includes('push')) return undefined;
      return { make: (branch = 'main') => make(options, principal, { name, branch }) };
    },
  };
}

async function make(
  { repositories, configurations }: FirstPushesOptions,
  principal: Principal,
  { name, branch }: { readonly name: RepositoryName; readonly branch: string },
): ReturnType<FirstPush['make']> {
  try {
    await repositories.ensureForPush(principal, name);
    await configurations.setUpByPush(principal, name, branch);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { kind: 'denied', message: error.message };
  }
  return {
    kind: 'made',
    message: `${name} is new here: branch ${branch} is built as ${name}:latest`,
  };
}
