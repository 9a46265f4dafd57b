import { describe, expect, test } from 'vitest';
import type { Assignment } from '#protocol';
import { sampleAssignment } from '../testing/sample-assignment.ts';
import { buildEnvironment } from './build-environment.ts';

function environmentOf(changes: Partial<Assignment> = {}, message = 'Fix the door') {
  return buildEnvironment(
    sampleAssignment(changes),
    { commitMessage: message },
    { dockerfile: '/workspace/source/svc/Dockerfile.arm64' },
  );
}

describe('LNK-06 the variables of a build', () => {
  test('are those of Docker Hub, the undocumented ones too', () => {
    expect(environmentOf({ tags: ['v1', 'latest'] })).toEqual({
      SOURCE_TYPE: 'git',
      SOURCE_BRANCH: 'main',
      SOURCE_COMMIT: '0123456789abcdef0123456789abcdef01234567',
      GIT_SHA1: '0123456789abcdef0123456789abcdef01234567',
      COMMIT_MSG: 'Fix the door',
      DOCKER_REPO: 'index.docker.io/myorg/app',
      DOCKER_TAG: 'v1,latest',
      IMAGE_NAME: 'index.docker.io/myorg/app:v1',
      DOCKERFILE_PATH: 'Dockerfile.arm64',
      BUILD_PATH: '/',
      BUILD_CODE: 'b7-1',
      CACHE_TAG: 'v1',
    });
  });

  test('name the image without a port, so that hooks may cut it at its first colon', () => {
    const { IMAGE_NAME = '' } = environmentOf();

    expect(IMAGE_NAME.split(':')).toHaveLength(2);
  });

  test('leave out what has no value: hooks take an empty variable for an unset one', () => {
    const environment = environmentOf({ caching: false, buildContext: '' }, '');

    expect(Object.keys(environment)).not.toEqual(
      expect.arrayContaining(['CACHE_TAG', 'BUILD_PATH', 'COMMIT_MSG']),
    );
    expect(Object.values(environment)).not.toContain('');
  });

  test('A21 hold as much of a commit message as a program can be started with', () => {
    const { COMMIT_MSG = '' } = environmentOf({}, `a\0${'€'.repeat(100_000)}`);

    expect(COMMIT_MSG).toBe(`a${'€'.repeat(21_845)}`);
  });

  test('SET-46 contain the user’s own, which do not replace those of the build', () => {
    const environment = environmentOf({ variables: { MY_VAR: 'value', SOURCE_BRANCH: 'mine' } });

    expect(environment).toMatchObject({ MY_VAR: 'value', SOURCE_BRANCH: 'main' });
  });

  test.each(['', '.', 'svc/Dockerfile'])(
    'have the user’s own DOCKERFILE_PATH where there is one: %j',
    (path) => {
      expect(environmentOf({ variables: { DOCKERFILE_PATH: path } })).toMatchObject({
        DOCKERFILE_PATH: path,
        BUILD_PATH: '/',
      });
    },
  );

  test('do not contain the user’s private key, which becomes a file', () => {
    const environment = environmentOf({ variables: { SSH_PRIVATE: 'key' } });

    expect(environment).not.toHaveProperty('SSH_PRIVATE');
  });
});
