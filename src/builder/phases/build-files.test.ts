import { describe, expect, test } from 'vitest';
import { readingsOf } from './build-files.ts';

function readings(buildContext: string, dockerfile: string) {
  return readingsOf({ buildContext, dockerfile }).map((reading) => ({
    dockerfile: reading.dockerfile.replace('/workspace/source', ''),
    context: reading.context.replace('/workspace/source', '') || '/',
  }));
}

describe('what context and Dockerfile location mean', () => {
  test.each(['/', '', 'Dockerfile', '/Dockerfile', './Dockerfile'])(
    'SET-41 SET-62 location "%s" with context / is the Dockerfile at the root',
    (location) => {
      expect(readings('/', location)).toEqual([{ dockerfile: '/Dockerfile', context: '/' }]);
    },
  );

  test.each(['app', '/app', 'app/', './app/'])(
    'SET-61 context "%s" is a folder of the source',
    (context) => {
      expect(readings(context, '/')[0]).toEqual({ dockerfile: '/app/Dockerfile', context: '/app' });
    },
  );

  test('SET-65 SET-68 the location counts from the context, then from the root', () => {
    expect(readings('app', 'build/Dockerfile')).toEqual([
      { dockerfile: '/app/build/Dockerfile', context: '/app' },
      { dockerfile: '/build/Dockerfile', context: '/app' },
    ]);
  });

  test('SET-63 SET-67 with a blank context the Dockerfile’s folder is the context', () => {
    expect(readings(' ', 'svc/Dockerfile')).toEqual([
      { dockerfile: '/svc/Dockerfile', context: '/svc' },
    ]);
    expect(readings('', '/')).toEqual([{ dockerfile: '/Dockerfile', context: '/' }]);
  });

  test('a location may lead upward as long as it stays in the source', () => {
    expect(readings('app', '../Dockerfile')[0]).toEqual({
      dockerfile: '/Dockerfile',
      context: '/app',
    });
  });

  test.each([
    ['..', 'Dockerfile', 'Build context ".."'],
    ['a/../../b', 'Dockerfile', 'Build context "a/../../b"'],
    ['/', '../Dockerfile', 'Dockerfile location "../Dockerfile"'],
    ['', '../../etc/passwd', 'Dockerfile location "../../etc/passwd"'],
  ])(
    'context "%s" with location "%s" is refused by the name of the field',
    (context, file, field) => {
      expect(() => readings(context, file)).toThrow(`${field} leads out of the source`);
    },
  );
});
