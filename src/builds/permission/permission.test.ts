import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nobody, type Principal } from '#access';
import { AppError, type RepositoryAction, type RepositoryName } from '#kernel';
import { testDialects } from '#platform/db/testing';
import { decideFor, type RepositoryDecision } from '#repositories';
import type { Builds } from '../create-builds.ts';
import { BuildsFixture, commit, repositoryName, rule } from '../testing/builds-fixture.ts';

interface UseCase {
  readonly action: RepositoryAction;
  /** For a repository that is not built yet. */
  readonly isFirst?: true;
  /** It names a build and no repository. */
  readonly byNumber?: true;
  readonly call: (builds: Builds, principal: Principal, target: Target) => Promise<unknown>;
}

interface Target {
  readonly name: RepositoryName;
  readonly buildId: number;
}

const input = { autotest: 'off', variables: [] } as const;
const page = { limit: 1 };
const anotherRule = rule({ source: 'dev', dockerTags: 'dev' });
const refs = [{ type: 'branch', name: 'main' }] as const;

const useCases: Readonly<Record<string, UseCase>> = {
  'configurations.show': {
    action: 'viewBuilds',
    call: ({ configurations }, principal, { name }) => configurations.show(principal, name),
  },
  'configurations.save': {
    action: 'editBuildSettings',
    call: ({ configurations }, principal, { name }) => configurations.save(principal, name, input),
  },
  'configurations.save, the first': {
    action: 'setUpBuilds',
    isFirst: true,
    call: ({ configurations }, principal, { name }) => configurations.save(principal, name, input),
  },
  'configurations.remove': {
    action: 'deleteBuildSettings',
    call: ({ configurations }, principal, { name }) => configurations.remove(principal, name),
  },
  'configurations.addRule': {
    action: 'editBuildSettings',
    call: ({ configurations }, principal, { name }) =>
      configurations.addRule(principal, name, anotherRule),
  },
  'configurations.addRule, the first': {
    action: 'setUpBuilds',
    isFirst: true,
    call: ({ configurations }, principal, { name }) =>
      configurations.addRule(principal, name, anotherRule),
  },
  'configurations.updateRule': {
    action: 'editBuildSettings',
    call: ({ configurations }, principal, { name }) =>
      configurations.updateRule(principal, name, { number: 1, caching: false }),
  },
  'configurations.removeRule': {
    action: 'editBuildSettings',
    call: ({ configurations }, principal, { name }) =>
      configurations.removeRule(principal, name, 1),
  },
  'configurations.testRules': {
    action: 'testBuildRules',
    call: ({ configurations }, principal, { name }) =>
      configurations.testRules(principal, name, { rules: [anotherRule], refs }),
  },
  'configurations.testRules on the refs of the source': {
    action: 'testBuildRules',
    call: ({ configurations }, principal, { name }) =>
      configurations.testRules(principal, name, {}),
  },
  'history.list': {
    action: 'viewBuilds',
    call: ({ history }, principal, { name }) => history.list(principal, name, page),
  },
  'history.report': {
    byNumber: true,
    action: 'viewBuilds',
    call: ({ history }, principal, { buildId }) => history.report(principal, buildId),
  },
  'history.deliveries': {
    action: 'viewDeliveries',
    call: ({ history }, principal, { name }) => history.deliveries(principal, name, page),
  },
  'logs.read': {
    byNumber: true,
    action: 'viewBuildLogs',
    call: ({ logs }, principal, { buildId }) => logs.read(principal, buildId, { from: 0, ...page }),
  },
  'logs.text': {
    byNumber: true,
    action: 'viewBuildLogs',
    call: ({ logs }, principal, { buildId }) =>
      logs.text(principal, buildId, { renew: async () => principal }),
  },
  follow: {
    byNumber: true,
    action: 'viewBuildLogs',
    call: (builds, principal, { buildId }) =>
      builds.follow(principal, buildId, {
        from: 0,
        signal: AbortSignal.abort(),
        renew: async () => principal,
      }),
  },
  start: {
    action: 'startBuild',
    call: (builds, principal, { name }) => builds.start(principal, name, { cause: 'manual' }),
  },
  cancel: {
    byNumber: true,
    action: 'cancelBuild',
    call: (builds, principal, { buildId }) => builds.cancel(principal, buildId),
  },
  retry: {
    byNumber: true,
    action: 'retryBuild',
    call: (builds, principal, { buildId }) => builds.retry(principal, buildId),
  },
};

describe.each(testDialects)('TRB-09 who may do what with builds in %s', (dialect) => {
  let room: BuildsFixture;
  beforeEach(async () => {
    room = await BuildsFixture.open(dialect);
  });
  afterEach(async () => {
    await room[Symbol.asyncDispose]();
  });

  /** The weakest first. */
  const everybody = async (): Promise<Readonly<Record<string, Principal>>> => {
    const { acme, repositoryId } = room;
    const withToken = (scope: 'repo:public_read' | 'repo:read' | 'repo:write' | 'repo:admin') => ({
      ...acme,
      credential: { kind: 'pat', id: scope, scope } as const,
    });
    return {
      nobody,
      stranger: await room.addPerson('bob'),
      organizationToken: {
        kind: 'organization-token',
        id: 'one',
        granteeId: 0,
        organization: acme.name,
        readsPublic: true,
      },
      attempt: {
        kind: 'attempt',
        attemptId: '1-1',
        buildId: 1,
        repositoryId,
        repositoryName,
        sourceId: room.sourceId,
      },
      'public reader': withToken('repo:public_read'),
      reader: withToken('repo:read'),
      writer: withToken('repo:write'),
      'owner by token': withToken('repo:admin'),
      owner: acme,
    };
  };

  const cases = Object.entries(useCases).flatMap(([name, useCase]) => [
    { name, of: 'public', useCase },
    { name, of: 'private', useCase },
  ]);

  test.for(cases)(
    '$name of a $of repository is for those whom access lets',
    async ({ of, useCase }) => {
      const isPrivate = of === 'private';
      await room.repositories.update(room.acme, repositoryName, { isPrivate });
      if (useCase.isFirst !== true) await makeBuild();
      const { builds, repositoryId: id } = room;
      const target = { name: repositoryName, buildId: 1 };

      for (const [who, principal] of Object.entries(await everybody())) {
        const decide = (action: RepositoryAction) =>
          room.database.read((tx) => decideFor(tx, principal, { id }, action));
        const decided = await decide(useCase.action);
        const seen = useCase.byNumber === true ? await decide('viewBuilds') : decided;

        const outcome = await outcomeOf(useCase.call(builds, principal, target));

        expect(outcome, who).toBe(isIn(seen) ? expectedOf(decided) : unseen(useCase, decided));
      }
    },
  );

  test.for(Object.entries(useCases))(
    'A5 A10 %s tells a stranger of a private repository what it tells of none',
    async ([, { call }]) => {
      await room.repositories.update(room.acme, repositoryName, { isPrivate: true });
      await makeBuild();
      const stranger = await room.addPerson('bob');

      const hidden = await errorOf(
        call(room.builds, stranger, { name: repositoryName, buildId: 1 }),
      );
      const name = 'acme/not' as RepositoryName;
      const missing = await errorOf(call(room.builds, stranger, { name, buildId: 7 }));

      const strip = (text = '') => text.replaceAll(/acme\/(app|not)|build \d/g, '…');
      expect(hidden?.code).toBe(missing?.code);
      expect(strip(hidden?.message)).toBe(strip(missing?.message));
      expect(hidden?.detail).toEqual(missing?.detail);
    },
  );

  async function makeBuild(): Promise<void> {
    await room.configure([{}]);
    await room.pushBranch('main', commit('a'));
    await room.lease();
  }
});

async function errorOf(call: Promise<unknown>): Promise<AppError | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** What the room said of permission; whatever else went wrong, the principal was let in. */
async function outcomeOf(call: Promise<unknown>): Promise<string> {
  const error = await errorOf(call);
  if (error === undefined) return 'in';
  if (unknownCodes.has(error.code)) return 'unknown';
  return refusalCodes.has(error.code) ? error.code : 'in';
}

const unknownCodes: ReadonlySet<string> = new Set(['REPOSITORY_UNKNOWN', 'BUILD_UNKNOWN']);
const refusalCodes: ReadonlySet<string> = new Set(['ACCESS_DENIED', 'UNAUTHENTICATED']);

function isIn(decided: RepositoryDecision): boolean {
  return decided.outcome === 'decided' && decided.decision.isAllowed;
}

/** A build is known by its number alone: who may not view builds hears of none. */
function unseen({ byNumber }: UseCase, decided: RepositoryDecision): string {
  return byNumber === true ? 'unknown' : expectedOf(decided);
}

function expectedOf(decided: RepositoryDecision): string {
  if (decided.outcome === 'unknown') return 'unknown';
  return decided.decision.isAllowed ? 'in' : decided.decision.code;
}
