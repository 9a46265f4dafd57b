import { expect, test } from 'vitest';
import { ProtocolServer } from './testing/protocol-server.ts';
import { startBuilder } from './testing/running-builder.ts';

const dockerfile = { Dockerfile: 'FROM scratch\n' };

test('an assignment is cloned, built, pushed, published and reported', async () => {
  await using server = await ProtocolServer.open();
  await using builder = await startBuilder(server);
  const commit = await server.git.commit(dockerfile);
  await server.session();

  server.send({ type: 'assignment', assignment: server.assignment(commit) });
  const record = server.record('7-1');
  const verdict = await record.finished.promise;

  expect(record.text).toContain('Build finished');
  expect(verdict).toEqual({ outcome: 'success' });
  expect(record.began).toEqual(['clone', 'build', 'push', 'publish']);
  expect(server.registry.tags('myorg/app')).toEqual(['latest']);
  expect(await builder.leftovers()).toEqual([]);
});
