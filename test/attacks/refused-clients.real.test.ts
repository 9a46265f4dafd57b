import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startTestServer, temporaryFolder } from '#app/testing';

const run = promisify(execFile);

test.each([
  ['which asks before it sends', ['--header', 'Expect: 100-continue']],
  ['which sends at once', ['--header', 'Expect:']],
  ['which sends in chunks', ['--header', 'Expect:', '--header', 'Transfer-Encoding: chunked']],
  ['which keeps no connection', ['--header', 'Expect:', '--header', 'Connection: close']],
  ['which speaks HTTP/1.0', ['--http1.0', '--header', 'Expect:']],
])('A11 a refused body is told to curl %s', async (_, words) => {
  await using server = await startTestServer();
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'body');
  await writeFile(file, Buffer.alloc(12_000_000));
  const url = `${server.url}/v2/ada/x/blobs/uploads/`;
  const sending = ['--silent', '--show-error', '--data-binary', `@${file}`, '--max-time', '60'];
  const telling = ['--output', '/dev/null', '--write-out', '%{http_code} %{exitcode}'];

  const { stdout } = await run('curl', sending.concat(telling, words, url));

  expect(stdout).toBe('401 0');
});
