import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandboxUnderTest } from '../testing/docker-sandbox-under-test.ts';

const execute = promisify(execFile);

let folder: string;
let extraCaFile: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-authority-'));
  extraCaFile = join(folder, 'own.pem');
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const files = ['-keyout', join(folder, 'own.key'), '-out', extraCaFile];
  await execute('openssl', ['req', '-x509', '-subj', '/CN=own authority', ...key, ...files]);
});
afterAll(() => rm(folder, { recursive: true }));

test('an authority of the network’s own is trusted inside, also after the bundle was made anew', async () => {
  await using under = await openSandboxUnderTest({ executor: { extraCaFile } });
  const verify = 'openssl verify -CAfile /etc/ssl/certs/ca-certificates.crt /slipway/extra-ca.crt';

  expect(await under.bash(verify)).toMatchObject({ exitCode: 0 });
  await under.bash('update-ca-certificates');
  expect(await under.bash(verify)).toMatchObject({ exitCode: 0 });
});
