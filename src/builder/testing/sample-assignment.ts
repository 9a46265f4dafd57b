import type { Assignment } from '#protocol';

/** An attempt of a branch build, with what a test wants otherwise. */
export function sampleAssignment(changes: Partial<Assignment> = {}): Assignment {
  return {
    attemptId: '7-1',
    buildId: 7,
    attempt: 1,
    token: 'attempt-token-7-1',
    repository: 'myorg/app',
    publicUrl: 'http://hub.example.com:5000',
    source: {
      path: '/git/myorg/source.git',
      type: 'branch',
      name: 'main',
      commit: '0123456789abcdef0123456789abcdef01234567',
    },
    buildContext: '/',
    dockerfile: 'Dockerfile',
    tags: ['latest'],
    caching: true,
    push: true,
    variables: {},
    ...changes,
  };
}
