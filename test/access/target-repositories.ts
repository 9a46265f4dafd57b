import {
  connectBuilder,
  makeBuildable,
  pushImage,
  startBuild,
  type TestServer,
} from '#app/testing';

/** Names of the same length, so that answers about them differ by nothing but the name. */
export const targets = { public: 'visible', private: 'private', missing: 'missing' } as const;

export type Target = keyof typeof targets;

export interface TargetRepository {
  readonly name: string;
  /** Of a build that has begun; a number that no build has, for the missing repository. */
  readonly buildId: number;
}

export type TargetRepositories = Readonly<Record<Target, TargetRepository>>;

/** Bob's repositories: each with an image `latest`, a configuration and a build that runs. */
export async function createTargets(
  server: TestServer,
): Promise<{ readonly of: TargetRepositories } & AsyncDisposable> {
  const builder = connectBuilder(server, { name: 'of-bob', slots: 2 });
  const ids: number[] = [];
  for (const target of ['public', 'private'] as const) {
    const name = targets[target];
    await makeBuildable(server, name, { owner: server.bob, isPrivate: target === 'private' });
    await pushImage(server, server.bob, `bob/${name}:latest`);
    ids.push(await startBuild(server, name, 'main', server.bob));
    await builder.next('assignment');
  }
  const [visible = 0, hidden = 0] = ids;
  return {
    of: {
      public: { name: targets.public, buildId: visible },
      private: { name: targets.private, buildId: hidden },
      missing: { name: targets.missing, buildId: hidden + 5 },
    },
    [Symbol.asyncDispose]: () => builder[Symbol.asyncDispose](),
  };
}
